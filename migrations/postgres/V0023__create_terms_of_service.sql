-- Mattermost migration 23: create_terms_of_service

CREATE TABLE termsofservice (
    id        varchar(26)  PRIMARY KEY,
    createat  bigint,
    userid    varchar(26),
    text      varchar(65535)
);
