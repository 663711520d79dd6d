-- Mattermost migration 6: create_emojis

CREATE TABLE Emoji (
    Id         varchar(26)  PRIMARY KEY,
    CreateAt   bigint,
    UpdateAt   bigint,
    DeleteAt   bigint,
    CreatorId  varchar(26),
    Name       varchar(64),

    UNIQUE KEY Name (Name, DeleteAt)
);

CREATE INDEX idx_emoji_create_at ON Emoji (CreateAt);
CREATE INDEX idx_emoji_delete_at ON Emoji (DeleteAt);
CREATE INDEX idx_emoji_update_at ON Emoji (UpdateAt);
