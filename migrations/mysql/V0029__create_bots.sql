-- Mattermost migration 29: create_bots

CREATE TABLE Bots (
    UserId          varchar(26)  PRIMARY KEY,
    Description     text,
    OwnerId         varchar(190),
    CreateAt        bigint,
    UpdateAt        bigint,
    DeleteAt        bigint,
    LastIconUpdate  bigint
);
