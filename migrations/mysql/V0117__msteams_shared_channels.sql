-- Mattermost migration 117: msteams_shared_channels

ALTER TABLE RemoteClusters
    ADD COLUMN PluginID varchar(190) NOT NULL DEFAULT '';

ALTER TABLE SharedChannelRemotes
    ADD COLUMN LastPostCreateAt  bigint  NOT NULL DEFAULT 0,
    ADD COLUMN LastPostCreateID  varchar(26);
