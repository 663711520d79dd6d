-- Mattermost migration 11: create_link_metadata

CREATE TABLE linkmetadata (
    hash       bigint  PRIMARY KEY,
    url        varchar(2048),
    timestamp  bigint,
    type       varchar(16),
    data       varchar(4096)
);

CREATE INDEX idx_link_metadata_url_timestamp ON linkmetadata (url, timestamp);
