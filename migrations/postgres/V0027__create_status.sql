-- Mattermost migration 27: create_status

CREATE TABLE status (
    userid          varchar(26)  PRIMARY KEY,
    status          varchar(32),
    manual          boolean,
    lastactivityat  bigint,
    dndendtime      bigint,
    prevstatus      varchar(32)
);

CREATE INDEX idx_status_status ON status (status);
