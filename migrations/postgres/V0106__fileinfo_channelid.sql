-- Mattermost migration 106: fileinfo_channelid
-- Changes rows: fills ChannelId from the post of each file; an empty schema needs none of it.

ALTER TABLE fileinfo
    ADD COLUMN channelid varchar(26);

CREATE INDEX idx_fileinfo_channel_id_create_at ON fileinfo (channelid, createat);
