-- Mattermost migration 43: thread_memberships

CREATE TABLE threadmemberships (
    postid          varchar(26)  NOT NULL,
    userid          varchar(26)  NOT NULL,
    following       boolean,
    lastviewed      bigint,
    lastupdated     bigint,
    unreadmentions  bigint,

    PRIMARY KEY (postid, userid)
);

CREATE INDEX idx_thread_memberships_last_update_at ON threadmemberships (lastupdated);
CREATE INDEX idx_thread_memberships_last_view_at ON threadmemberships (lastviewed);
CREATE INDEX idx_thread_memberships_user_id ON threadmemberships (userid);
