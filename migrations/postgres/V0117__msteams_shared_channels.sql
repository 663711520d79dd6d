-- Mattermost migration 117: msteams_shared_channels

ALTER TABLE remoteclusters
    ADD COLUMN pluginid varchar(190) NOT NULL DEFAULT '';

ALTER TABLE sharedchannelremotes
    ADD COLUMN lastpostcreateat  bigint  NOT NULL DEFAULT 0,
    ADD COLUMN lastpostcreateid  varchar(26);
