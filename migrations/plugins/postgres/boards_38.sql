-- Boards, schema migrations 1-38: what they lack of boards.sql (1-40)

ALTER TABLE focalboard_file_info DROP COLUMN path;

DELETE FROM focalboard_schema_migrations WHERE version IN (39, 40);
