-- Configuration in the database, schema migrations 1-2: what they lack of config.sql (1-3)

ALTER TABLE Configurations DROP COLUMN SHA;

DELETE FROM db_config_migrations WHERE Version = 3;
