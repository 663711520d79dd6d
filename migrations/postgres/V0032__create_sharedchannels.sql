-- Mattermost migration 32: create_sharedchannels

CREATE TABLE sharedchannels (
    channelid         varchar(26)  PRIMARY KEY,
    teamid            varchar(26),
    home              boolean,
    readonly          boolean,
    sharename         varchar(64),
    sharedisplayname  varchar(64),
    sharepurpose      varchar(250),
    shareheader       varchar(1024),
    creatorid         varchar(26),
    createat          bigint,
    updateat          bigint,
    remoteid          varchar(26),

    UNIQUE (sharename, teamid)
);
