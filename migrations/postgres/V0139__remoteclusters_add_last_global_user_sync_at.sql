-- Mattermost migration 139: remoteclusters_add_last_global_user_sync_at

ALTER TABLE remoteclusters
    ADD COLUMN lastglobalusersyncat bigint DEFAULT 0;
