-- Mattermost migration 133: add_channel_banner_fields

ALTER TABLE channels
    ADD COLUMN bannerinfo jsonb;
