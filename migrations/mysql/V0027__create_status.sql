-- Mattermost migration 27: create_status

CREATE TABLE Status (
    UserId          varchar(26)  PRIMARY KEY,
    Status          varchar(32),
    Manual          tinyint(1),
    LastActivityAt  bigint,
    DNDEndTime      bigint,
    PrevStatus      varchar(32)
);

CREATE INDEX idx_status_status ON Status (Status);
