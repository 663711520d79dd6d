-- Mattermost migration 30: create_user_access_tokens

CREATE TABLE UserAccessTokens (
    Id           varchar(26)  PRIMARY KEY,
    Token        varchar(26),
    UserId       varchar(26),
    Description  text,
    IsActive     tinyint(1),

    UNIQUE KEY Token (Token)
);

CREATE INDEX idx_user_access_tokens_user_id ON UserAccessTokens (UserId);
