-- Mattermost migration 133: add_channel_banner_fields

ALTER TABLE Channels
    ADD COLUMN BannerInfo json;
