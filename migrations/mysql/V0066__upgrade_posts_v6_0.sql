-- Mattermost migration 66: upgrade_posts_v6.0
-- Changes rows: moves ParentId into RootId before the column goes; an empty schema needs none of it.

DROP INDEX idx_posts_root_id ON Posts;

ALTER TABLE Posts
    DROP COLUMN ParentId,
    MODIFY COLUMN Props json;

CREATE INDEX idx_posts_root_id_delete_at ON Posts (RootId, DeleteAt);
