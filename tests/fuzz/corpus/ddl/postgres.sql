CREATE TYPE kind AS ENUM ('a', 'b''c');
CREATE TABLE posts (
    id varchar(26) PRIMARY KEY,
    createat bigint,
    props jsonb DEFAULT '{}'::jsonb,
    kind kind NOT NULL DEFAULT 'a',
    UNIQUE (createat, id)
);
CREATE INDEX IF NOT EXISTS idx_posts_message_txt ON posts USING gin (to_tsvector('english', message)) WHERE id <> '';
CREATE MATERIALIZED VIEW days AS SELECT createat / 86400000 AS day, count(*) AS posts FROM posts GROUP BY 1;
DROP INDEX idx_posts_message_txt;
