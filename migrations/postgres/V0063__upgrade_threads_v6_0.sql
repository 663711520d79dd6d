-- Mattermost migration 63: upgrade_threads_v6.0

DROP INDEX idx_threads_channel_id;

ALTER TABLE threads
    ALTER COLUMN participants TYPE jsonb USING participants::jsonb;

CREATE INDEX idx_threads_channel_id_last_reply_at ON threads (channelid, lastreplyat);
