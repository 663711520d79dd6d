-- Mattermost migration 34: create_oauthauthdata

CREATE TABLE oauthauthdata (
    clientid     varchar(26),
    userid       varchar(26),
    code         varchar(128)  PRIMARY KEY,
    expiresin    integer,
    createat     bigint,
    redirecturi  varchar(256),
    state        varchar(1024),
    scope        varchar(128)
);
