-- Mattermost migration 49: create_channels

CREATE TABLE channels (
    id                varchar(26)  PRIMARY KEY,
    createat          bigint,
    updateat          bigint,
    deleteat          bigint,
    teamid            varchar(26),
    type              varchar(1),
    displayname       varchar(64),
    name              varchar(64),
    header            varchar(1024),
    purpose           varchar(250),
    lastpostat        bigint,
    totalmsgcount     bigint,
    extraupdateat     bigint,
    creatorid         varchar(26),
    schemeid          varchar(26),
    groupconstrained  boolean,
    shared            boolean,

    UNIQUE (name, teamid)
);

CREATE INDEX idx_channel_search_txt
    ON channels USING gin (to_tsvector('english', name || ' ' || displayname || ' ' || purpose));
CREATE INDEX idx_channels_create_at ON channels (createat);
CREATE INDEX idx_channels_delete_at ON channels (deleteat);
CREATE INDEX idx_channels_displayname_lower ON channels (lower(displayname));
CREATE INDEX idx_channels_name_lower ON channels (lower(name));
CREATE INDEX idx_channels_scheme_id ON channels (schemeid);
CREATE INDEX idx_channels_team_id ON channels (teamid);
CREATE INDEX idx_channels_update_at ON channels (updateat);
