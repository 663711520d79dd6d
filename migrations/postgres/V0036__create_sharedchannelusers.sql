-- Mattermost migration 36: create_sharedchannelusers

CREATE TABLE sharedchannelusers (
    id          varchar(26)  PRIMARY KEY,
    userid      varchar(26),
    remoteid    varchar(26),
    createat    bigint,
    lastsyncat  bigint,
    channelid   varchar(26),

    UNIQUE (userid, channelid, remoteid)
);

CREATE INDEX idx_sharedchannelusers_remote_id ON sharedchannelusers (remoteid);
