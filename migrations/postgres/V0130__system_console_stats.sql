-- Mattermost migration 130: system_console_stats

-- Posts in each team on each day: a day of the time zone of the session
-- that refreshes the view.
CREATE MATERIALIZED VIEW posts_by_team_day AS
SELECT
    to_timestamp(posts.createat / 1000)::date AS day,
    count(*) AS num,
    channels.teamid
FROM posts
JOIN channels ON channels.id = posts.channelid
GROUP BY day, channels.teamid;

-- The same, for posts of bots only.
CREATE MATERIALIZED VIEW bot_posts_by_team_day AS
SELECT
    to_timestamp(posts.createat / 1000)::date AS day,
    count(*) AS num,
    channels.teamid
FROM posts
JOIN bots ON bots.userid = posts.userid
JOIN channels ON channels.id = posts.channelid
GROUP BY day, channels.teamid;

-- Number and total size of the files that are not deleted.
CREATE MATERIALIZED VIEW file_stats AS
SELECT
    count(*) AS num,
    coalesce(sum(size), 0) AS usage
FROM fileinfo
WHERE deleteat = 0;
