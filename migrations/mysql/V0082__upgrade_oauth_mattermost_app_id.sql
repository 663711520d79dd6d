-- Mattermost migration 82: upgrade_oauth_mattermost_app_id
-- Changes rows: turns an absent MattermostAppID into ''; an empty schema needs none of it.

ALTER TABLE OAuthApps
    MODIFY COLUMN MattermostAppID varchar(32) NOT NULL DEFAULT '';
