-- Mattermost migration 48: create_oauth_apps

CREATE TABLE oauthapps (
    id            varchar(26)  PRIMARY KEY,
    creatorid     varchar(26),
    createat      bigint,
    updateat      bigint,
    clientsecret  varchar(128),
    name          varchar(64),
    description   varchar(512),
    callbackurls  varchar(1024),
    homepage      varchar(256),
    istrusted     boolean,
    iconurl       varchar(512)
);

CREATE INDEX idx_oauthapps_creator_id ON oauthapps (creatorid);
