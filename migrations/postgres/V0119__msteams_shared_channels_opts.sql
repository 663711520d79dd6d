-- Mattermost migration 119: msteams_shared_channels_opts

ALTER TABLE remoteclusters
    ADD COLUMN options smallint NOT NULL DEFAULT 0;
