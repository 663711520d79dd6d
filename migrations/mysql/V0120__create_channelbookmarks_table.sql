-- Mattermost migration 120: create_channelbookmarks_table

CREATE TABLE ChannelBookmarks (
    Id           varchar(26)  PRIMARY KEY,
    OwnerId      varchar(26)  NOT NULL,
    ChannelId    varchar(26)  NOT NULL,
    FileInfoId   varchar(26),
    CreateAt     bigint       DEFAULT 0,
    UpdateAt     bigint       DEFAULT 0,
    DeleteAt     bigint       DEFAULT 0,
    DisplayName  text,
    SortOrder    bigint       DEFAULT 0,
    LinkUrl      text,
    ImageUrl     text,
    Emoji        varchar(64),
    Type         enum('link', 'file'),
    OriginalId   varchar(26),
    ParentId     varchar(26)
);

CREATE INDEX idx_channelbookmarks_channelid ON ChannelBookmarks (ChannelId);
CREATE INDEX idx_channelbookmarks_delete_at ON ChannelBookmarks (DeleteAt);
CREATE INDEX idx_channelbookmarks_update_at ON ChannelBookmarks (UpdateAt);
