-- Mattermost migration 71: upgrade_sessions_v6.1

ALTER TABLE sessions
    ALTER COLUMN roles TYPE varchar(256);
