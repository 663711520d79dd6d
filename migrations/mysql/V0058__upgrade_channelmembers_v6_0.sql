-- Mattermost migration 58: upgrade_channelmembers_v6.0

DROP INDEX idx_channelmembers_user_id ON ChannelMembers;

ALTER TABLE ChannelMembers
    MODIFY COLUMN NotifyProps json;

CREATE INDEX idx_channelmembers_channel_id_scheme_guest_user_id
    ON ChannelMembers (ChannelId, SchemeGuest, UserId);
CREATE INDEX idx_channelmembers_user_id_channel_id_last_viewed_at
    ON ChannelMembers (UserId, ChannelId, LastViewedAt);
