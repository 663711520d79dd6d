-- Mattermost migration 35: create_sharedchannelattachments

CREATE TABLE sharedchannelattachments (
    id          varchar(26)  PRIMARY KEY,
    fileid      varchar(26),
    remoteid    varchar(26),
    createat    bigint,
    lastsyncat  bigint,

    UNIQUE (fileid, remoteid)
);
