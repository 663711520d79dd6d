-- Mattermost migration 19: create_licenses

CREATE TABLE licenses (
    id        varchar(26)  PRIMARY KEY,
    createat  bigint,
    bytes     varchar(10000)
);
