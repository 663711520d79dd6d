-- Mattermost migration 19: create_licenses

CREATE TABLE Licenses (
    Id        varchar(26)  PRIMARY KEY,
    CreateAt  bigint,
    Bytes     text
);
