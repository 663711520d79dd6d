-- Mattermost migration 86: add_cloud_limits_archived

ALTER TABLE teams
    ADD COLUMN cloudlimitsarchived boolean NOT NULL DEFAULT false;
