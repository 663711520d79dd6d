-- Mattermost migration 63: upgrade_threads_v6.0

DROP INDEX idx_threads_channel_id ON Threads;

ALTER TABLE Threads
    MODIFY COLUMN Participants json;

CREATE INDEX idx_threads_channel_id_last_reply_at ON Threads (ChannelId, LastReplyAt);
