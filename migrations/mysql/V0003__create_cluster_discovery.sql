-- Mattermost migration 3: create_cluster_discovery

CREATE TABLE ClusterDiscovery (
    Id           varchar(26)  PRIMARY KEY,
    Type         varchar(64),
    ClusterName  varchar(64),
    Hostname     text,
    GossipPort   int,
    Port         int,
    CreateAt     bigint,
    LastPingAt   bigint
);
