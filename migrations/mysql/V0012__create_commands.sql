-- Mattermost migration 12: create_commands

CREATE TABLE Commands (
    Id                varchar(26)  PRIMARY KEY,
    Token             varchar(26),
    CreateAt          bigint,
    UpdateAt          bigint,
    DeleteAt          bigint,
    CreatorId         varchar(26),
    TeamId            varchar(26),
    `Trigger`         varchar(128),
    Method            varchar(1),
    Username          varchar(64),
    IconURL           text,
    AutoComplete      tinyint(1),
    AutoCompleteDesc  text,
    AutoCompleteHint  text,
    DisplayName       varchar(64),
    Description       varchar(128),
    URL               text,
    PluginId          varchar(190)
);

CREATE INDEX idx_command_create_at ON Commands (CreateAt);
CREATE INDEX idx_command_delete_at ON Commands (DeleteAt);
CREATE INDEX idx_command_team_id ON Commands (TeamId);
CREATE INDEX idx_command_update_at ON Commands (UpdateAt);
