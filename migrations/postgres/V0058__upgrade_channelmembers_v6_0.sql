-- Mattermost migration 58: upgrade_channelmembers_v6.0

DROP INDEX idx_channelmembers_user_id;

ALTER TABLE channelmembers
    ALTER COLUMN notifyprops TYPE jsonb USING notifyprops::jsonb;

CREATE INDEX idx_channelmembers_channel_id_scheme_guest_user_id
    ON channelmembers (channelid, schemeguest, userid);
CREATE INDEX idx_channelmembers_user_id_channel_id_last_viewed_at
    ON channelmembers (userid, channelid, lastviewedat);
