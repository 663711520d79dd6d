-- Mattermost migration 102: posts_originalid_index

CREATE INDEX idx_posts_original_id ON posts (originalid);
