-- Mattermost migration 50: create_channelmembers

CREATE TABLE ChannelMembers (
    ChannelId     varchar(26)  NOT NULL,
    UserId        varchar(26)  NOT NULL,
    Roles         varchar(64),
    LastViewedAt  bigint,
    MsgCount      bigint,
    MentionCount  bigint,
    NotifyProps   text,
    LastUpdateAt  bigint,
    SchemeUser    tinyint,
    SchemeAdmin   tinyint,
    SchemeGuest   tinyint,

    PRIMARY KEY (ChannelId, UserId)
);

CREATE INDEX idx_channelmembers_user_id ON ChannelMembers (UserId);
