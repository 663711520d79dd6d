-- Boards, schema migrations 1-39: what they lack of boards.sql (1-40)

DELETE FROM focalboard_schema_migrations WHERE version = 40;
