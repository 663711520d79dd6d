-- Mattermost migration 28: create_tokens

CREATE TABLE Tokens (
    Token     varchar(64)  PRIMARY KEY,
    CreateAt  bigint,
    Type      varchar(64),
    Extra     text
);
