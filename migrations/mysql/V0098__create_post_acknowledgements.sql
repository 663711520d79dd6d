-- Mattermost migration 98: create_post_acknowledgements

CREATE TABLE PostAcknowledgements (
    PostId          varchar(26)  NOT NULL,
    UserId          varchar(26)  NOT NULL,
    AcknowledgedAt  bigint,

    PRIMARY KEY (PostId, UserId)
);
