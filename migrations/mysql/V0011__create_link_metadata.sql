-- Mattermost migration 11: create_link_metadata

CREATE TABLE LinkMetadata (
    Hash       bigint  PRIMARY KEY,
    URL        text,
    Timestamp  bigint,
    Type       varchar(16),
    Data       text
);

CREATE INDEX idx_link_metadata_url_timestamp ON LinkMetadata (URL(512), Timestamp);
