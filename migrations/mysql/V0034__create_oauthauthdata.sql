-- Mattermost migration 34: create_oauthauthdata

CREATE TABLE OAuthAuthData (
    ClientId     varchar(26),
    UserId       varchar(26),
    Code         varchar(128)  PRIMARY KEY,
    ExpiresIn    int,
    CreateAt     bigint,
    RedirectUri  text,
    State        text,
    Scope        varchar(128)
);
