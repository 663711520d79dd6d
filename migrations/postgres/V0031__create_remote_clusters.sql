-- Mattermost migration 31: create_remote_clusters

CREATE TABLE remoteclusters (
    remoteid      varchar(26)  NOT NULL,
    remoteteamid  varchar(26),
    name          varchar(64)  NOT NULL,
    displayname   varchar(64),
    siteurl       varchar(512),
    createat      bigint,
    lastpingat    bigint,
    token         varchar(26),
    remotetoken   varchar(26),
    topics        varchar(512),
    creatorid     varchar(26),

    PRIMARY KEY (remoteid, name)
);

CREATE UNIQUE INDEX remote_clusters_site_url_unique ON remoteclusters (siteurl, remoteteamid);
