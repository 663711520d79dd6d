-- Mattermost migration 21: create_product_notice_view_state

CREATE TABLE productnoticeviewstate (
    userid     varchar(26)  NOT NULL,
    noticeid   varchar(26)  NOT NULL,
    viewed     integer,
    timestamp  bigint,

    PRIMARY KEY (userid, noticeid)
);

CREATE INDEX idx_notice_views_notice_id ON productnoticeviewstate (noticeid);
CREATE INDEX idx_notice_views_timestamp ON productnoticeviewstate (timestamp);
