-- Mattermost migration 99: create_drafts

CREATE TABLE drafts (
    createat   bigint,
    updateat   bigint,
    deleteat   bigint,
    userid     varchar(26)  NOT NULL,
    channelid  varchar(26)  NOT NULL,
    rootid     varchar(26)  NOT NULL DEFAULT '',
    message    varchar(65535),
    props      varchar(8000),
    fileids    varchar(300),

    PRIMARY KEY (userid, channelid, rootid)
);
