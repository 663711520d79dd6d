-- Mattermost migration 62: upgrade_sessions_v6.0

ALTER TABLE sessions
    ALTER COLUMN props TYPE jsonb USING props::jsonb;
