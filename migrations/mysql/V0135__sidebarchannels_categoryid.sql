-- Mattermost migration 135: sidebarchannels_categoryid

CREATE INDEX idx_sidebarchannels_categoryid ON SidebarChannels (CategoryId);
