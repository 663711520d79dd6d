-- Mattermost migration 109: create_persistent_notifications

CREATE TABLE persistentnotifications (
    postid      varchar(26)  PRIMARY KEY,
    createat    bigint,
    lastsentat  bigint,
    deleteat    bigint,
    sentcount   smallint
);
