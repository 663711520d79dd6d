-- Mattermost migration 98: create_post_acknowledgements

CREATE TABLE postacknowledgements (
    postid          varchar(26)  NOT NULL,
    userid          varchar(26)  NOT NULL,
    acknowledgedat  bigint,

    PRIMARY KEY (postid, userid)
);
