-- Mattermost migration 56: upgrade_channels_v6.0

DROP INDEX idx_channels_team_id;

CREATE INDEX idx_channels_team_id_display_name ON channels (teamid, displayname);
CREATE INDEX idx_channels_team_id_type ON channels (teamid, type);
