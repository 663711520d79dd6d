-- Mattermost migration 59: upgrade_users_v6.0

ALTER TABLE users
    ALTER COLUMN props TYPE jsonb        USING props::jsonb,
    ALTER COLUMN notifyprops TYPE jsonb  USING notifyprops::jsonb,
    ALTER COLUMN timezone DROP DEFAULT,
    ALTER COLUMN timezone TYPE jsonb     USING timezone::jsonb;
