-- Mattermost migration 43: thread_memberships

CREATE TABLE ThreadMemberships (
    PostId          varchar(26)  NOT NULL,
    UserId          varchar(26)  NOT NULL,
    Following       tinyint(1),
    LastViewed      bigint,
    LastUpdated     bigint,
    UnreadMentions  bigint,

    PRIMARY KEY (PostId, UserId)
);

CREATE INDEX idx_thread_memberships_last_update_at ON ThreadMemberships (LastUpdated);
CREATE INDEX idx_thread_memberships_last_view_at ON ThreadMemberships (LastViewed);
CREATE INDEX idx_thread_memberships_user_id ON ThreadMemberships (UserId);
