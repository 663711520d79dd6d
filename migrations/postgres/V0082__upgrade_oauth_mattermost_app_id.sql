-- Mattermost migration 82: upgrade_oauth_mattermost_app_id
-- Changes rows: turns an absent MattermostAppID into ''; an empty schema needs none of it.

ALTER TABLE oauthapps
    ALTER COLUMN mattermostappid SET DEFAULT '',
    ALTER COLUMN mattermostappid SET NOT NULL;
