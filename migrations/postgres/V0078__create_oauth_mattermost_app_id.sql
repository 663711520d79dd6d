-- Mattermost migration 78: create_oauth_mattermost_app_id

ALTER TABLE oauthapps
    ADD COLUMN mattermostappid varchar(32);
