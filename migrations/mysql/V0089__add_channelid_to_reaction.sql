-- Mattermost migration 89: add-channelid-to-reaction
-- Changes rows: fills ChannelId from the post of each reaction; an empty schema needs none of it.

ALTER TABLE Reactions
    ADD COLUMN ChannelId varchar(26) NOT NULL DEFAULT '';

CREATE INDEX idx_reactions_channel_id ON Reactions (ChannelId);
