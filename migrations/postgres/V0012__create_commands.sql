-- Mattermost migration 12: create_commands

CREATE TABLE commands (
    id                varchar(26)  PRIMARY KEY,
    token             varchar(26),
    createat          bigint,
    updateat          bigint,
    deleteat          bigint,
    creatorid         varchar(26),
    teamid            varchar(26),
    trigger           varchar(128),
    method            varchar(1),
    username          varchar(64),
    iconurl           varchar(1024),
    autocomplete      boolean,
    autocompletedesc  varchar(1024),
    autocompletehint  varchar(1024),
    displayname       varchar(64),
    description       varchar(128),
    url               varchar(1024),
    pluginid          varchar(190)
);

CREATE INDEX idx_command_create_at ON commands (createat);
CREATE INDEX idx_command_delete_at ON commands (deleteat);
CREATE INDEX idx_command_team_id ON commands (teamid);
CREATE INDEX idx_command_update_at ON commands (updateat);
