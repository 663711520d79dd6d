-- Mattermost migration 113: create_retentionidsfordeletion_table

CREATE TABLE retentionidsfordeletion (
    id         varchar(26)  PRIMARY KEY,
    tablename  varchar(64),
    ids        varchar(26)[]
);

CREATE INDEX idx_retentionidsfordeletion_tablename ON retentionidsfordeletion (tablename);
