-- Mattermost migration 38: create_jobs

CREATE TABLE Jobs (
    Id              varchar(26)  PRIMARY KEY,
    Type            varchar(32),
    Priority        bigint,
    CreateAt        bigint,
    StartAt         bigint,
    LastActivityAt  bigint,
    Status          varchar(32),
    Progress        bigint,
    Data            text
);

CREATE INDEX idx_jobs_type ON Jobs (Type);
