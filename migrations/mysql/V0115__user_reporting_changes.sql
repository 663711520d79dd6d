-- Mattermost migration 115: user_reporting_changes

ALTER TABLE Users
    ADD COLUMN LastLogin bigint NOT NULL DEFAULT 0;
