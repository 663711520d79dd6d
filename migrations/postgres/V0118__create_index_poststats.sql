-- Mattermost migration 118: create_index_poststats

CREATE INDEX idx_poststats_userid ON poststats (userid);
