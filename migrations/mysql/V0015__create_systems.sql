-- Mattermost migration 15: create_systems

CREATE TABLE Systems (
    Name   varchar(64)  PRIMARY KEY,
    Value  text
);
