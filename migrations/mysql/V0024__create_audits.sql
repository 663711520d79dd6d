-- Mattermost migration 24: create_audits

CREATE TABLE Audits (
    Id         varchar(26)  PRIMARY KEY,
    CreateAt   bigint,
    UserId     varchar(26),
    Action     text,
    ExtraInfo  text,
    IpAddress  varchar(64),
    SessionId  varchar(26)
);

CREATE INDEX idx_audits_user_id ON Audits (UserId);
