-- Mattermost migration 50: create_channelmembers

CREATE TABLE channelmembers (
    channelid     varchar(26)  NOT NULL,
    userid        varchar(26)  NOT NULL,
    roles         varchar(64),
    lastviewedat  bigint,
    msgcount      bigint,
    mentioncount  bigint,
    notifyprops   varchar(2000),
    lastupdateat  bigint,
    schemeuser    boolean,
    schemeadmin   boolean,
    schemeguest   boolean,

    PRIMARY KEY (channelid, userid)
);

CREATE INDEX idx_channelmembers_user_id ON channelmembers (userid);
