-- Mattermost migration 42: create_threads

CREATE TABLE threads (
    postid        varchar(26)  PRIMARY KEY,
    replycount    bigint,
    lastreplyat   bigint,
    participants  text,
    channelid     varchar(26)
);

CREATE INDEX idx_threads_channel_id ON threads (channelid);
