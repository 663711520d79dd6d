-- Mattermost migration 97: create_posts_priority

ALTER TABLE channelmembers
    ADD COLUMN urgentmentioncount bigint;

CREATE TABLE postspriority (
    postid                   varchar(26)  PRIMARY KEY,
    channelid                varchar(26)  NOT NULL,
    priority                 varchar(32)  NOT NULL,
    requestedack             boolean,
    persistentnotifications  boolean
);
