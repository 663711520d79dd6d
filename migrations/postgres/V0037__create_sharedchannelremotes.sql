-- Mattermost migration 37: create_sharedchannelremotes

CREATE TABLE sharedchannelremotes (
    id                 varchar(26)  NOT NULL,
    channelid          varchar(26)  NOT NULL,
    creatorid          varchar(26),
    createat           bigint,
    updateat           bigint,
    isinviteaccepted   boolean,
    isinviteconfirmed  boolean,
    remoteid           varchar(26),
    lastpostupdateat   bigint,
    lastpostid         varchar(26),

    PRIMARY KEY (id, channelid),
    UNIQUE (channelid, remoteid)
);
