-- Mattermost migration 126: sharedchannels_remotes_add_deleteat

DROP INDEX remote_clusters_site_url_unique;

ALTER TABLE remoteclusters
    ADD COLUMN deleteat bigint DEFAULT 0;

ALTER TABLE sharedchannelremotes
    ADD COLUMN deleteat bigint DEFAULT 0;
