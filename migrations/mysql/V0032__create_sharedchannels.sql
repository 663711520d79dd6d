-- Mattermost migration 32: create_sharedchannels

CREATE TABLE SharedChannels (
    ChannelId         varchar(26)  PRIMARY KEY,
    TeamId            varchar(26),
    Home              tinyint(1),
    ReadOnly          tinyint(1),
    ShareName         varchar(64),
    ShareDisplayName  varchar(64),
    SharePurpose      varchar(250),
    ShareHeader       text,
    CreatorId         varchar(26),
    CreateAt          bigint,
    UpdateAt          bigint,
    RemoteId          varchar(26),

    UNIQUE KEY ShareName (ShareName, TeamId)
);
