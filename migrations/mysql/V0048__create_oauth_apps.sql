-- Mattermost migration 48: create_oauth_apps

CREATE TABLE OAuthApps (
    Id            varchar(26)  PRIMARY KEY,
    CreatorId     varchar(26),
    CreateAt      bigint,
    UpdateAt      bigint,
    ClientSecret  varchar(128),
    Name          varchar(64),
    Description   text,
    CallbackUrls  text,
    Homepage      text,
    IsTrusted     tinyint(1),
    IconURL       text
);

CREATE INDEX idx_oauthapps_creator_id ON OAuthApps (CreatorId);
