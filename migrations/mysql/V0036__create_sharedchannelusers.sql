-- Mattermost migration 36: create_sharedchannelusers

CREATE TABLE SharedChannelUsers (
    Id          varchar(26)  PRIMARY KEY,
    UserId      varchar(26),
    RemoteId    varchar(26),
    CreateAt    bigint,
    LastSyncAt  bigint,
    ChannelId   varchar(26),

    UNIQUE KEY UserId (UserId, ChannelId, RemoteId)
);

CREATE INDEX idx_sharedchannelusers_remote_id ON SharedChannelUsers (RemoteId);
