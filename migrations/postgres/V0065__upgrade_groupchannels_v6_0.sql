-- Mattermost migration 65: upgrade_groupchannels_v6.0

CREATE INDEX idx_groupchannels_schemeadmin ON groupchannels (schemeadmin);
