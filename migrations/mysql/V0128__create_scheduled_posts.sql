-- Mattermost migration 128: create_scheduled_posts

CREATE TABLE ScheduledPosts (
    id           varchar(26)  PRIMARY KEY,
    createat     bigint,
    updateat     bigint,
    userid       varchar(26)  NOT NULL,
    channelid    varchar(26)  NOT NULL,
    rootid       varchar(26),
    message      text,
    props        text,
    fileids      text,
    priority     text,
    scheduledat  bigint       NOT NULL,
    processedat  bigint,
    errorcode    varchar(200)
);

CREATE INDEX idx_scheduledposts_userid_channel_id_scheduled_at
    ON ScheduledPosts (userid, channelid, scheduledat);
