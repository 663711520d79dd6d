-- Configuration in the database, schema migrations 1-3

CREATE TABLE configurationfiles (
    name      varchar(64)  PRIMARY KEY,
    data      text         NOT NULL,
    createat  bigint       NOT NULL,
    updateat  bigint       NOT NULL
);

CREATE TABLE configurations (
    id        varchar(26)  PRIMARY KEY,
    value     text         NOT NULL,
    createat  bigint       NOT NULL,
    active    boolean      UNIQUE,
    sha       char(64)     DEFAULT ''
);

CREATE TABLE db_config_migrations (
    version  bigint   PRIMARY KEY,
    name     varchar  NOT NULL
);

INSERT INTO db_config_migrations (version, name) VALUES
    (1, 'create_configurations'),
    (2, 'create_configuration_files'),
    (3, 'update_configurations_sha');
