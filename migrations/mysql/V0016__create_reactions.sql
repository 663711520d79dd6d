-- Mattermost migration 16: create_reactions

CREATE TABLE Reactions (
    UserId     varchar(26)  NOT NULL,
    PostId     varchar(26)  NOT NULL,
    EmojiName  varchar(64)  NOT NULL,
    CreateAt   bigint,
    UpdateAt   bigint,
    DeleteAt   bigint,
    RemoteId   varchar(26),

    PRIMARY KEY (PostId, UserId, EmojiName)
);
