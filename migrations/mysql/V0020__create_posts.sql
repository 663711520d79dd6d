-- Mattermost migration 20: create_posts

CREATE TABLE Posts (
    Id            varchar(26)  PRIMARY KEY,
    CreateAt      bigint,
    UpdateAt      bigint,
    DeleteAt      bigint,
    UserId        varchar(26),
    ChannelId     varchar(26),
    RootId        varchar(26),
    ParentId      varchar(26),
    OriginalId    varchar(26),
    Message       text,
    Type          varchar(26),
    Props         text,
    Hashtags      text,
    Filenames     text,
    FileIds       text,
    HasReactions  tinyint(1),
    EditAt        bigint,
    IsPinned      tinyint(1),
    RemoteId      varchar(26),

    FULLTEXT KEY idx_posts_hashtags_txt (Hashtags),
    FULLTEXT KEY idx_posts_message_txt (Message)
);

CREATE INDEX idx_posts_channel_id_delete_at_create_at ON Posts (ChannelId, DeleteAt, CreateAt);
CREATE INDEX idx_posts_channel_id_update_at ON Posts (ChannelId, UpdateAt);
CREATE INDEX idx_posts_create_at ON Posts (CreateAt);
CREATE INDEX idx_posts_delete_at ON Posts (DeleteAt);
CREATE INDEX idx_posts_is_pinned ON Posts (IsPinned);
CREATE INDEX idx_posts_root_id ON Posts (RootId);
CREATE INDEX idx_posts_update_at ON Posts (UpdateAt);
CREATE INDEX idx_posts_user_id ON Posts (UserId);
