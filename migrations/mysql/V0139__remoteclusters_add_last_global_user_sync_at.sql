-- Mattermost migration 139: remoteclusters_add_last_global_user_sync_at

ALTER TABLE RemoteClusters
    ADD COLUMN LastGlobalUserSyncAt bigint DEFAULT 0;
