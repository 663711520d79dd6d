-- Mattermost migration 37: create_sharedchannelremotes

CREATE TABLE SharedChannelRemotes (
    Id                 varchar(26)  NOT NULL,
    ChannelId          varchar(26)  NOT NULL,
    CreatorId          varchar(26),
    CreateAt           bigint,
    UpdateAt           bigint,
    IsInviteAccepted   tinyint(1),
    IsInviteConfirmed  tinyint(1),
    RemoteId           varchar(26),
    LastPostUpdateAt   bigint,
    LastPostId         varchar(26),

    PRIMARY KEY (Id, ChannelId),
    UNIQUE KEY ChannelId (ChannelId, RemoteId)
);
