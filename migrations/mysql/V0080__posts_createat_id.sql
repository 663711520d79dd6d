-- Mattermost migration 80: posts_createat_id

CREATE INDEX idx_posts_create_at_id ON Posts (CreateAt, Id);
