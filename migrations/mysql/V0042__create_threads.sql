-- Mattermost migration 42: create_threads

CREATE TABLE Threads (
    PostId        varchar(26)  PRIMARY KEY,
    ReplyCount    bigint,
    LastReplyAt   bigint,
    Participants  text,
    ChannelId     varchar(26)
);

CREATE INDEX idx_threads_channel_id ON Threads (ChannelId);
