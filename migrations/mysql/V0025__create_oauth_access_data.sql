-- Mattermost migration 25: create_oauth_access_data

CREATE TABLE OAuthAccessData (
    Token         varchar(26)  PRIMARY KEY,
    RefreshToken  varchar(26),
    RedirectUri   text,
    ClientId      varchar(26),
    UserId        varchar(26),
    ExpiresAt     bigint,
    Scope         varchar(128),

    UNIQUE KEY ClientId (ClientId, UserId)
);

CREATE INDEX idx_oauthaccessdata_refresh_token ON OAuthAccessData (RefreshToken);
CREATE INDEX idx_oauthaccessdata_user_id ON OAuthAccessData (UserId);
