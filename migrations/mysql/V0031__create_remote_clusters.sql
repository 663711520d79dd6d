-- Mattermost migration 31: create_remote_clusters

CREATE TABLE RemoteClusters (
    RemoteId      varchar(26)  NOT NULL,
    RemoteTeamId  varchar(26),
    Name          varchar(64)  NOT NULL,
    DisplayName   varchar(64),
    SiteURL       text,
    CreateAt      bigint,
    LastPingAt    bigint,
    Token         varchar(26),
    RemoteToken   varchar(26),
    Topics        text,
    CreatorId     varchar(26),

    PRIMARY KEY (RemoteId, Name),
    UNIQUE KEY remote_clusters_site_url_unique (RemoteTeamId, SiteURL(168))
);
