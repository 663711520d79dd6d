-- Mattermost migration 38: create_jobs

CREATE TABLE jobs (
    id              varchar(26)  PRIMARY KEY,
    type            varchar(32),
    priority        bigint,
    createat        bigint,
    startat         bigint,
    lastactivityat  bigint,
    status          varchar(32),
    progress        bigint,
    data            varchar(1024)
);

CREATE INDEX idx_jobs_type ON jobs (type);
