-- Mattermost migration 25: create_oauth_access_data

CREATE TABLE oauthaccessdata (
    token         varchar(26)  PRIMARY KEY,
    refreshtoken  varchar(26),
    redirecturi   varchar(256),
    clientid      varchar(26),
    userid        varchar(26),
    expiresat     bigint,
    scope         varchar(128),

    UNIQUE (clientid, userid)
);

CREATE INDEX idx_oauthaccessdata_refresh_token ON oauthaccessdata (refreshtoken);
CREATE INDEX idx_oauthaccessdata_user_id ON oauthaccessdata (userid);
