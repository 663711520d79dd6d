-- Mattermost migration 101: create_true_up_review_history

CREATE TABLE trueupreviewhistory (
    duedate    bigint  PRIMARY KEY,
    completed  boolean
);
