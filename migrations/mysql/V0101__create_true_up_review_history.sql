-- Mattermost migration 101: create_true_up_review_history

CREATE TABLE TrueUpReviewHistory (
    DueDate    bigint  PRIMARY KEY,
    Completed  tinyint(1)
);
