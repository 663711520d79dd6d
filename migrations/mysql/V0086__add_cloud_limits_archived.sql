-- Mattermost migration 86: add_cloud_limits_archived

ALTER TABLE Teams
    ADD COLUMN CloudLimitsArchived tinyint(1) NOT NULL DEFAULT 0;
