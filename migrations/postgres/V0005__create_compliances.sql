-- Mattermost migration 5: create_compliances

CREATE TABLE compliances (
    id        varchar(26)  PRIMARY KEY,
    createat  bigint,
    userid    varchar(26),
    status    varchar(64),
    count     integer,
    "desc"    varchar(512),
    type      varchar(64),
    startat   bigint,
    endat     bigint,
    keywords  varchar(512),
    emails    varchar(1024)
);
