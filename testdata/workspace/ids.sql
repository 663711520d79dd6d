-- Helper tables that the other files read, and that cleanup.sql drops. Run it first.
--
-- Tables and not stored functions: with binary logging on, neither MySQL nor MariaDB lets the plain
-- owner of a database create a function.

SET NAMES utf8mb4;
SET @posts = COALESCE(@posts, 4000);
SET @users = 4 * LEAST(GREATEST(@posts DIV 160, 25), 2500);
SET @channels = LEAST(GREATEST(@posts DIV 250, 24), 5000);

DROP TABLE IF EXISTS sample_numbers, sample_ids, sample_channels, sample_members, sample_posts;

-- 0, 1, 2, … up to what the largest kind of row needs. The recursion stays below the limit of 1000
-- that both servers set by default.
CREATE TABLE sample_numbers (n INT NOT NULL PRIMARY KEY);

INSERT INTO sample_numbers
WITH RECURSIVE counting (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counting WHERE n < 999)
SELECT n FROM counting;

INSERT INTO sample_numbers
SELECT low.n + 1000 * high.n
FROM (SELECT n FROM sample_numbers) high
STRAIGHT_JOIN (SELECT n FROM sample_numbers) low
WHERE high.n BETWEEN 1 AND GREATEST(@posts, 2 * @users) DIV 1000;

INSERT INTO sample_numbers
SELECT low.n + 1000000 * high.n
FROM (SELECT n FROM sample_numbers) high
STRAIGHT_JOIN (SELECT n FROM sample_numbers) low
WHERE high.n BETWEEN 1 AND GREATEST(@posts, 2 * @users) DIV 1000000;

-- An id for each kind of thing and number: 26 characters of Mattermost's alphabet, made of 130 bits
-- of SHA-256. CONV writes base 32 with 0–9 and A–V; the last four replacements turn its four
-- characters that the alphabet lacks into the four of the alphabet that it never writes.
CREATE TABLE sample_ids (
  kind VARCHAR(20) NOT NULL,
  n INT NOT NULL,
  id VARCHAR(26) AS (REPLACE(REPLACE(REPLACE(REPLACE(LOWER(CONCAT(
    LPAD(CONV(SUBSTR(SHA2(CONCAT(kind, ':', n), 256), 1, 15), 16, 32), 12, '0'),
    LPAD(CONV(SUBSTR(SHA2(CONCAT(kind, ':', n), 256), 16, 15), 16, 32), 12, '0'),
    RIGHT(LPAD(CONV(SUBSTR(SHA2(CONCAT(kind, ':', n), 256), 31, 5), 16, 32), 4, '0'), 2)
  )), '0', 'w'), '2', 'x'), 'l', 'y'), 'v', 'z')) STORED,
  PRIMARY KEY (kind, n)
);

-- How many there are of each kind.
INSERT INTO sample_ids (kind, n)
SELECT scale.kind, numbers.n
FROM (
  SELECT 'post' AS kind, @posts AS size
  UNION ALL SELECT 'user', @users
  UNION ALL SELECT 'team', 4
  UNION ALL SELECT 'channel', @channels
  UNION ALL SELECT 'audit', GREATEST(@posts DIV 25, 40)
  UNION ALL SELECT 'session', @users + @users DIV 2
  UNION ALL SELECT 'sessiontoken', @users + @users DIV 2
  UNION ALL SELECT 'file', GREATEST(@posts DIV 33, 24)
  UNION ALL SELECT 'link', GREATEST(@posts DIV 100, 12)
  UNION ALL SELECT 'job', GREATEST(@posts DIV 500, 8)
  UNION ALL SELECT 'keyvalue', GREATEST(@posts DIV 200, 12)
  UNION ALL SELECT 'draft', @users DIV 2
  UNION ALL SELECT 'scheduled', GREATEST(@users DIV 20, 4)
  UNION ALL SELECT 'bookmark', GREATEST(@channels DIV 4, 4)
  UNION ALL SELECT 'property', @users DIV 4 * 3
  UNION ALL SELECT 'emoji', GREATEST(@users DIV 50, 4)
  UNION ALL SELECT 'hook', GREATEST(@channels DIV 8, 4)
  UNION ALL SELECT 'hooktoken', GREATEST(@channels DIV 8, 4)
  UNION ALL SELECT 'command', 4
  UNION ALL SELECT 'group', 4
  UNION ALL SELECT 'role', 24
  UNION ALL SELECT 'option', 6
  UNION ALL SELECT 'remote', 3
  UNION ALL SELECT 'misc', 40
) scale
JOIN sample_numbers numbers ON numbers.n < scale.size;

-- Channels: open, private, direct, group; the first four are the town squares of the four teams.
CREATE TABLE sample_channels (
  n INT NOT NULL PRIMARY KEY,
  id VARCHAR(26) NOT NULL,
  type CHAR(1) NOT NULL,
  team INT NOT NULL,
  members INT NOT NULL
);

INSERT INTO sample_channels
SELECT n, id, ELT(n % 8 + 1, 'O', 'O', 'O', 'O', 'P', 'P', 'D', 'G'), IF(n < 4, n, n DIV 8 % 4),
  IF(n < 4, @users DIV 4, LEAST(@users DIV 4, ELT(n % 8 + 1, 5, 9, 15, 30, 5, 20, 2, 4) + IF(n % 8 < 6, CRC32(n) % 20, 0)))
FROM sample_ids WHERE kind = 'channel';

-- Member number m of channel c is user ((c + m) * 4 + team) % users, so every member is in the team.
CREATE TABLE sample_members (
  channel INT NOT NULL,
  place INT NOT NULL,
  channel_id VARCHAR(26) NOT NULL,
  user INT NOT NULL,
  user_id VARCHAR(26) NOT NULL,
  PRIMARY KEY (channel, place)
);

-- Only the town squares have more than 64 members; the bounds keep the join small.
INSERT INTO sample_members
SELECT channels.n, places.n, channels.id, users.n, users.id
FROM sample_channels channels
STRAIGHT_JOIN sample_numbers places ON places.n < 64 AND places.n < channels.members
STRAIGHT_JOIN sample_ids users ON users.kind = 'user' AND users.n = ((channels.n + places.n) * 4 + channels.team) % @users;

INSERT INTO sample_members
SELECT channels.n, places.n, channels.id, users.n, users.id
FROM sample_channels channels
STRAIGHT_JOIN sample_numbers places ON places.n BETWEEN 64 AND @users DIV 4 - 1 AND places.n < channels.members
STRAIGHT_JOIN sample_ids users ON users.kind = 'user' AND users.n = ((channels.n + places.n) * 4 + channels.team) % @users
WHERE channels.n < 4;

-- Posts come in blocks of 20 in one channel. Every second block has a thread: root at place 2, and
-- 1 to 9 replies from place 3 on. A post at n % 100 = 13 is the text of its neighbour at 11 before
-- the edit. The key is the id, so that reading it in order fills Posts in the order of its key.
CREATE TABLE sample_posts (
  id VARCHAR(26) NOT NULL PRIMARY KEY,
  n INT NOT NULL,
  channel INT NOT NULL,
  user INT NOT NULL,
  root INT NOT NULL,
  create_at BIGINT NOT NULL
);

INSERT INTO sample_posts
SELECT ids.id, ids.n, channels.n,
  ((channels.n + CRC32(IF(ids.n % 100 = 13, ids.n - 2, ids.n)) % channels.members) * 4 + channels.team) % @users,
  IF(ids.n DIV 20 % 2 = 0 AND IF(ids.n % 100 = 13, 11, ids.n % 20) BETWEEN 3 AND 3 + ids.n DIV 20 % 9,
    ids.n - ids.n % 20 + 2, -1),
  1672531200000 + ids.n * (63072000000 DIV @posts) + CRC32(ids.n) % (63072000000 DIV @posts)
FROM sample_ids ids
JOIN sample_channels channels
  ON channels.n = IF(ids.n DIV 20 < @channels, ids.n DIV 20, CRC32(CONCAT('block', ids.n DIV 20)) % @channels)
WHERE ids.kind = 'post'
ORDER BY ids.id;

ALTER TABLE sample_posts ADD INDEX (n);
