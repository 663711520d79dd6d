-- Mattermost migration 30: create_user_access_tokens

CREATE TABLE useraccesstokens (
    id           varchar(26)  PRIMARY KEY,
    token        varchar(26)  UNIQUE,
    userid       varchar(26),
    description  varchar(512),
    isactive     boolean
);

CREATE INDEX idx_user_access_tokens_user_id ON useraccesstokens (userid);
