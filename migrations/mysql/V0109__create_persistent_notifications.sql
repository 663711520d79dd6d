-- Mattermost migration 109: create_persistent_notifications

CREATE TABLE PersistentNotifications (
    PostId      varchar(26)  PRIMARY KEY,
    CreateAt    bigint,
    LastSentAt  bigint,
    DeleteAt    bigint,
    SentCount   smallint
);
