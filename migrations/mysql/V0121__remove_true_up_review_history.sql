-- Mattermost migration 121: remove_true_up_review_history

DROP TABLE TrueUpReviewHistory;
