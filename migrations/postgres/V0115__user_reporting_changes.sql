-- Mattermost migration 115: user_reporting_changes

ALTER TABLE users
    ADD COLUMN lastlogin bigint NOT NULL DEFAULT 0;

-- Posts of each user on each day: a day of the time zone of the session
-- that refreshes the view.
CREATE MATERIALIZED VIEW poststats AS
SELECT
    userid,
    to_timestamp(createat / 1000)::date AS day,
    count(*) AS numposts,
    max(createat) AS lastpostdate
FROM posts
GROUP BY userid, day;
