-- Mattermost migration 91: create_post_reminder

CREATE TABLE postreminders (
    postid      varchar(26)  NOT NULL,
    userid      varchar(26)  NOT NULL,
    targettime  bigint,

    PRIMARY KEY (postid, userid)
);

CREATE INDEX idx_postreminders_targettime ON postreminders (targettime);
