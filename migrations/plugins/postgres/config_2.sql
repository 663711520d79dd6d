-- Configuration in the database, schema migrations 1-2: what they lack of config.sql (1-3)

ALTER TABLE configurations DROP COLUMN sha;

DELETE FROM db_config_migrations WHERE version = 3;
