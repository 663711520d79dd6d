-- Mattermost migration 62: upgrade_sessions_v6.0

ALTER TABLE Sessions
    MODIFY COLUMN Props json;
