-- Mattermost migration 97: create_posts_priority

ALTER TABLE ChannelMembers
    ADD COLUMN UrgentMentionCount bigint;

CREATE TABLE PostsPriority (
    PostId                   varchar(26)  PRIMARY KEY,
    ChannelId                varchar(26)  NOT NULL,
    Priority                 varchar(32)  NOT NULL,
    RequestedAck             tinyint(1),
    PersistentNotifications  tinyint(1)
);
