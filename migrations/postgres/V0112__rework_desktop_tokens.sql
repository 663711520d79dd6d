-- Mattermost migration 112: rework_desktop_tokens

CREATE TABLE desktoptokens (
    token     varchar(64)  PRIMARY KEY,
    createat  bigint       NOT NULL,
    userid    varchar(26)  NOT NULL
);

CREATE INDEX idx_desktoptokens_token_createat ON desktoptokens (token, createat);
