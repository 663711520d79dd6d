-- Mattermost migration 71: upgrade_sessions_v6.1

ALTER TABLE Sessions
    MODIFY COLUMN Roles text;
