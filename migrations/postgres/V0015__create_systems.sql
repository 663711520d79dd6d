-- Mattermost migration 15: create_systems

CREATE TABLE systems (
    name   varchar(64)  PRIMARY KEY,
    value  varchar(1024)
);
