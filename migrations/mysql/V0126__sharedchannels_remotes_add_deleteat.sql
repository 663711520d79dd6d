-- Mattermost migration 126: sharedchannels_remotes_add_deleteat

DROP INDEX remote_clusters_site_url_unique ON RemoteClusters;

ALTER TABLE RemoteClusters
    ADD COLUMN DeleteAt bigint DEFAULT 0;

ALTER TABLE SharedChannelRemotes
    ADD COLUMN DeleteAt bigint DEFAULT 0;
