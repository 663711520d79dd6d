-- Mattermost migration 51: create_msg_root_count
-- Changes rows: counts the root posts of each channel and of each member; an empty schema needs none of it.

ALTER TABLE channelmembers
    ADD COLUMN mentioncountroot  bigint,
    ADD COLUMN msgcountroot      bigint;

ALTER TABLE channels
    ADD COLUMN totalmsgcountroot bigint;
