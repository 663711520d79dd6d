-- Mattermost migration 5: create_compliances

CREATE TABLE Compliances (
    Id        varchar(26)  PRIMARY KEY,
    CreateAt  bigint,
    UserId    varchar(26),
    Status    varchar(64),
    Count     int,
    `Desc`    text,
    Type      varchar(64),
    StartAt   bigint,
    EndAt     bigint,
    Keywords  text,
    Emails    text
);
