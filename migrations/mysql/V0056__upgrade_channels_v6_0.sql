-- Mattermost migration 56: upgrade_channels_v6.0

DROP INDEX idx_channels_team_id ON Channels;

CREATE INDEX idx_channels_team_id_display_name ON Channels (TeamId, DisplayName);
CREATE INDEX idx_channels_team_id_type ON Channels (TeamId, Type);
