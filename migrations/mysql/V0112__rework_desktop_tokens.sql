-- Mattermost migration 112: rework_desktop_tokens

CREATE TABLE DesktopTokens (
    Token     varchar(64)  PRIMARY KEY,
    CreateAt  bigint       NOT NULL,
    UserId    varchar(26)  NOT NULL
);

CREATE INDEX idx_desktoptokens_token_createat ON DesktopTokens (Token, CreateAt);
