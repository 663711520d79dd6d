-- Configuration in the database, schema migrations 1-3

CREATE TABLE ConfigurationFiles (
    Name      varchar(64)  PRIMARY KEY,
    Data      mediumtext,
    CreateAt  bigint       NOT NULL,
    UpdateAt  bigint       NOT NULL
);

CREATE TABLE Configurations (
    Id        varchar(26)  PRIMARY KEY,
    Value     mediumtext,
    CreateAt  bigint       NOT NULL,
    Active    tinyint(1),
    SHA       char(64)     DEFAULT '',

    UNIQUE KEY Active (Active)
);

CREATE TABLE db_config_migrations (
    Version  bigint       PRIMARY KEY,
    Name     varchar(64)  NOT NULL
);

INSERT INTO db_config_migrations (Version, Name) VALUES
    (1, 'create_configurations'),
    (2, 'create_configuration_files'),
    (3, 'update_configurations_sha');
