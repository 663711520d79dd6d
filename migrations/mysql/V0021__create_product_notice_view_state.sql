-- Mattermost migration 21: create_product_notice_view_state

CREATE TABLE ProductNoticeViewState (
    UserId     varchar(26)  NOT NULL,
    NoticeId   varchar(26)  NOT NULL,
    Viewed     int,
    Timestamp  bigint,

    PRIMARY KEY (UserId, NoticeId)
);

CREATE INDEX idx_notice_views_notice_id ON ProductNoticeViewState (NoticeId);
CREATE INDEX idx_notice_views_timestamp ON ProductNoticeViewState (Timestamp);
