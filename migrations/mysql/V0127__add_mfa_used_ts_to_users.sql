-- Mattermost migration 127: add_mfa_used_ts_to_users

ALTER TABLE Users
    ADD COLUMN MfaUsedTimestamps json;
