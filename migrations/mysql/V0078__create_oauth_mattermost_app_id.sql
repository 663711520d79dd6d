-- Mattermost migration 78: create_oauth_mattermost_app_id

ALTER TABLE OAuthApps
    ADD COLUMN MattermostAppID varchar(32);
