-- Mattermost migration 113: create_retentionidsfordeletion_table

CREATE TABLE RetentionIdsForDeletion (
    Id         varchar(26)  PRIMARY KEY,
    TableName  varchar(64),
    Ids        json
);

CREATE INDEX idx_retentionidsfordeletion_tablename ON RetentionIdsForDeletion (TableName);
