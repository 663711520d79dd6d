-- Mattermost migration 35: create_sharedchannelattachments

CREATE TABLE SharedChannelAttachments (
    Id          varchar(26)  PRIMARY KEY,
    FileId      varchar(26),
    RemoteId    varchar(26),
    CreateAt    bigint,
    LastSyncAt  bigint,

    UNIQUE KEY FileId (FileId, RemoteId)
);
