-- Mattermost migration 91: create_post_reminder

CREATE TABLE PostReminders (
    PostId      varchar(26)  NOT NULL,
    UserId      varchar(26)  NOT NULL,
    TargetTime  bigint,

    PRIMARY KEY (PostId, UserId)
);

CREATE INDEX idx_postreminders_targettime ON PostReminders (TargetTime);
