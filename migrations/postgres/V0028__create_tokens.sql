-- Mattermost migration 28: create_tokens

CREATE TABLE tokens (
    token     varchar(64)  PRIMARY KEY,
    createat  bigint,
    type      varchar(64),
    extra     varchar(2048)
);
