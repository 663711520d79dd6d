-- Mattermost migration 41: create_upload_sessions

CREATE TABLE UploadSessions (
    Id          varchar(26)  PRIMARY KEY,
    Type        varchar(32),
    CreateAt    bigint,
    UserId      varchar(26),
    ChannelId   varchar(26),
    Filename    text,
    Path        text,
    FileSize    bigint,
    FileOffset  bigint,
    RemoteId    varchar(26),
    ReqFileId   varchar(26)
);

CREATE INDEX idx_uploadsessions_create_at ON UploadSessions (CreateAt);
CREATE INDEX idx_uploadsessions_type ON UploadSessions (Type);
CREATE INDEX idx_uploadsessions_user_id ON UploadSessions (UserId);
