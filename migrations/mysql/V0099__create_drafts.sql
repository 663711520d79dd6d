-- Mattermost migration 99: create_drafts

CREATE TABLE Drafts (
    CreateAt   bigint,
    UpdateAt   bigint,
    DeleteAt   bigint,
    UserId     varchar(26)  NOT NULL,
    ChannelId  varchar(26)  NOT NULL,
    RootId     varchar(26)  NOT NULL DEFAULT '',
    Message    text,
    Props      text,
    FileIds    text,

    PRIMARY KEY (UserId, ChannelId, RootId)
);
