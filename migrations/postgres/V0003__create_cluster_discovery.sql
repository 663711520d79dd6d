-- Mattermost migration 3: create_cluster_discovery

CREATE TABLE clusterdiscovery (
    id           varchar(26)  PRIMARY KEY,
    type         varchar(64),
    clustername  varchar(64),
    hostname     varchar(512),
    gossipport   integer,
    port         integer,
    createat     bigint,
    lastpingat   bigint
);
