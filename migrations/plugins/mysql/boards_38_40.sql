-- Boards 7.8.9, schema migrations 1-38 and 40: what they lack of boards.sql (1-40)

ALTER TABLE focalboard_file_info DROP COLUMN path;

DELETE FROM focalboard_schema_migrations WHERE version = 39;
