-- Mattermost migration 119: msteams_shared_channels_opts

ALTER TABLE RemoteClusters
    ADD COLUMN Options smallint NOT NULL DEFAULT 0;
