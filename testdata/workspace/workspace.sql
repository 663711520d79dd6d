-- A plausible, clean workspace in the core tables of the newest schema set. Run it after ids.sql, in
-- the same session or another. It uses no clock and no chance: the same scale gives the same bytes.

SET NAMES utf8mb4;
SET @users = (SELECT COUNT(*) FROM sample_ids WHERE kind = 'user');
SET @channels = (SELECT COUNT(*) FROM sample_ids WHERE kind = 'channel');
SET @posts = (SELECT COUNT(*) FROM sample_ids WHERE kind = 'post');
SET @start = 1672531200000;

-- What people write ------------------------------------------------------------------------------

DROP TABLE IF EXISTS sample_texts;

-- Numbers below 32 are short and may stand next to each other, the rest stand alone.
CREATE TABLE sample_texts (n INT NOT NULL PRIMARY KEY, body TEXT NOT NULL);

INSERT INTO sample_texts (n, body) VALUES
  (0, 'Good morning everyone!'),
  (1, 'Can someone have a look at the build? It is red again since last night.'),
  (2, 'Thanks, that fixed it :+1:'),
  (3, 'Grüße aus München – das Übergabeprotokoll für Größe 5 ist geprüft.'),
  (4, 'ok'),
  (5, '服务器今晚十点维护，请提前保存工作。'),
  (6, 'Коллеги, отчёт за прошлую неделю готов, проверьте, пожалуйста.'),
  (7, 'سأرسل لكم التقرير النهائي غداً صباحاً إن شاء الله.'),
  (8, CONCAT('Café, naïve, and decomposed: cafe', _utf8mb4 x'CC81')),
  (9, '🎉🎉 shipped! 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽'),
  (10, 'Let us move the meeting to Thursday, 14:30, in the small room on the second floor.'),
  (11, 'I''ll be *out of office* until **Monday**; for urgent matters ask @anna.'),
  (12, 'lgtm'),
  (13, 'The customer asked for "three copies", so I\'ve sent them by mail.'),
  (14, 'お疲れ様です。明日の打ち合わせの資料を共有します。'),
  (15, '+1'),
  (16, 'Is the staging database really 40% slower, or is it only me? My numbers: 12.5 ms against 8.9 ms.'),
  (17, 'Das ist schon erledigt.'),
  (18, 'See https://docs.example.com/guide/setup?step=3&lang=en#install for the details.'),
  (19, '¿Quién puede revisar el cambio? ¡Mañana es el último día!'),
  (20, '안녕하세요, 회의록을 첨부했습니다.'),
  (21, 'Done.'),
  (22, 'We need somebody for the on-call shift on Saturday, the calendar is still empty.'),
  (23, 'Zażółć gęślą jaźń, Łukasz już testuje.'),
  (24, 'haha :joy:'),
  (25, '@channel the release branch is cut, please merge only fixes from now on. #release'),
  (26, 'That is odd. On my machine the same query takes two seconds and returns 10_000 rows.'),
  (27, 'שלום לכולם, הקובץ מצורף (file_v2.pdf).'),
  (28, 'Path on the share: C:\\Users\\Public\\new\\table.xlsx'),
  (29, 'Who owns this? I found it in the backlog, it has not been touched for two years.'),
  (30, 'สวัสดีครับ ขอบคุณมากครับ'),
  (31, '~~no~~ yes'),
  (32, '```go\nfunc main() {\n\tfmt.Printf("%s\\n", os.Args[0])\n\tif len(os.Args) > 1 {\n\t\tos.Exit(1)\n\t}\n}\n```'),
  (33, 'First line\r\nsecond line\r\n\r\nafter a blank line, from Windows\r\n'),
  (34, '\\N'),
  (35, 'before\n\\.\nafter: a line that looks like the end of a COPY'),
  (36, ''),
  (37, '| Name | Wert |\n|:-----|-----:|\n| Größe | 1,5 |\n| 数量 | 3 |\n\n> quoted\n\n1. one\n2. two\n   - nested'),
  (38, 'SELECT * FROM "Posts" WHERE Message LIKE ''%\\_%'' AND `Id` <> ''''; -- $1 {} %s ${HOME}'),
  (39, ' leading and trailing blanks and a tab\t '),
  (40, CONCAT('Z', _utf8mb4 x'CCB4CCA2CC81', 'algo with combining marks, no-break', _utf8mb4 x'C2A0', 'blank, zero', _utf8mb4 x'E2808B', 'width, soft',
    _utf8mb4 x'C2AD', 'hyphen, right', _utf8mb4 x'E2808F', 'to left, byte order ', _utf8mb4 x'EFBBBF', 'mark, bell ', _utf8mb4 x'07', ' and delete ', _utf8mb4 x'7F')),
  (41, '#incident #database The replica fell behind by 20 minutes after the nightly job.\n\n**Cause:** a long transaction.\n**Fix:** the job now commits after every 5000 rows.\n\nFollow-up in the thread, please keep this channel free for @here announcements.'),
  (42, 'Stack trace:\n\n```\njava.lang.IllegalStateException: expected \'}\' but was \'\\u0022\'\n\tat com.example.Parser.next(Parser.java:42)\n\tat com.example.Main.main(Main.java:7)\n```\nSame as last month?'),
  (43, 'x'),
  (44, '{"json": ["in", "a", "message"], "escaped": "\\u00e9 \\" \\\\"}'),
  (45, '中文與 English mixed，全形符號：「測試」；還有生僻字 𠮷𡃁 and maths 𝔘𝔫𝔦.'),
  (46, 'Notes from the meeting:\n- budget is approved, 12 500 € for the year\n- Jürgen talks to the provider about the contract until the end of the month\n- we switch the log format in two steps: first both, then only the new one\n- open: who writes the announcement? #minutes #budget'),
  (47, 'NULL');

-- People -----------------------------------------------------------------------------------------

-- Every 50th is a guest, the one after it a bot; every tenth logs in by LDAP; some are deactivated.
INSERT INTO Users (Id, CreateAt, UpdateAt, DeleteAt, Username, Password, AuthData, AuthService, Email,
  EmailVerified, Nickname, FirstName, LastName, Roles, AllowMarketing, Props, NotifyProps,
  LastPasswordUpdate, LastPictureUpdate, FailedAttempts, Locale, MfaActive, MfaSecret, Position,
  Timezone, RemoteId, LastLogin, MfaUsedTimestamps)
SELECT id, @start - 86400000 + n * 1000, @start + n * 7777, IF(n % 25 = 24 AND n % 50 <> 49, @start + n * 9999, 0),
  CONCAT(ELT(n % 12 + 1, 'anna', 'juergen', 'xiaoming', 'natalia', 'mohammed', 'zoe', 'andre', 'jose', 'lukasz', 'ngoc', 'soeren', 'dana'),
    IF(n % 50 = 49, '-bot', ELT(n % 3 + 1, '.', '_', '-')), n),
  IF(n % 10 = 3 OR n % 50 = 49, '', CONCAT('$2a$10$', LEFT(SHA2(CONCAT('password', n), 256), 53))),
  IF(n % 10 = 3, CONCAT('uid=', n, ',ou=people,dc=example,dc=com'), NULL),
  IF(n % 10 = 3, 'ldap', ''),
  CONCAT('user', n, IF(n % 50 = 49, '@localhost', '@example.com')),
  n % 7 <> 6,
  IF(n % 5 = 0, ELT(n % 4 + 1, 'Änni', '小明', 'Наташа', '👩‍💻 dev'), ''),
  ELT(n % 12 + 1, 'Anna', 'Jürgen', '小明', 'Наталья', 'محمد', CONCAT('Zoe', _utf8mb4 x'CC88'), 'André', 'José', 'Łukasz', 'Ngọc', 'Søren', 'דנה'),
  ELT(n % 7 + 1, 'O''Brien', 'Müller-Lüdenscheidt', '王', 'Петрова', '', 'Nuñez', 'ß'),
  CASE WHEN n < 2 THEN 'system_user system_admin' WHEN n % 50 = 48 THEN 'system_guest' ELSE 'system_user' END,
  n % 3 = 0,
  IF(n % 6 = 0, '{"customStatus":"{\\"emoji\\":\\"calendar\\",\\"text\\":\\"In a meeting\\"}","show_last_active":"true"}', '{}'),
  CONCAT('{"auto_responder_active":"false","channel":"true","comments":"never","desktop":"', IF(n % 2 = 0, 'mention', 'all'),
    '","desktop_sound":"true","email":"true","first_name":"false","mention_keys":"', IF(n % 4 = 0, 'größe,\\u4f60\\u597d', ''),
    '","push":"mention","push_status":"away"}'),
  @start + n, IF(n % 3 = 0, @start + n * 31, 0), n % 4, ELT(n % 5 + 1, 'en', 'de', 'zh-CN', 'ru', 'pt-BR'),
  n % 20 = 5, IF(n % 20 = 5, UPPER(LEFT(SHA2(CONCAT('mfa', n), 256), 32)), ''),
  IF(n % 8 = 1, 'Leiterin Qualitätssicherung', ''),
  CONCAT('{"automaticTimezone":"', ELT(n % 3 + 1, 'Europe/Berlin', '', 'Asia/Shanghai'), '","manualTimezone":"","useAutomaticTimezone":"true"}'),
  IF(n % 30 = 29, (SELECT id FROM sample_ids remote WHERE remote.kind = 'remote' AND remote.n = 0), NULL),
  @start + n * 100000, IF(n % 20 = 5, CONCAT('["', 55757100 + n, '","', 55757101 + n, '"]'), NULL)
FROM sample_ids WHERE kind = 'user';

INSERT INTO Bots (UserId, Description, OwnerId, CreateAt, UpdateAt, DeleteAt, LastIconUpdate)
SELECT id, IF(n % 100 = 49, 'Posts the results of the nightly build.', ''),
  IF(n % 100 = 49, 'com.example.ci', (SELECT id FROM sample_ids owner WHERE owner.kind = 'user' AND owner.n = 0)),
  @start + n, @start + n, 0, 0
FROM sample_ids WHERE kind = 'user' AND n % 50 = 49;

INSERT INTO Status (UserId, Status, Manual, LastActivityAt, DNDEndTime, PrevStatus)
SELECT id, ELT(n % 4 + 1, 'online', 'away', 'offline', 'dnd'), n % 4 = 3, @start + 60000000000 + n * 13,
  IF(n % 4 = 3, 1735689600, 0), IF(n % 4 = 3, 'online', '')
FROM sample_ids WHERE kind = 'user';

INSERT INTO Preferences (UserId, Category, Name, Value)
SELECT users.id,
  ELT(kinds.n + 1, 'tutorial_step', 'display_settings', 'display_settings', 'theme', 'direct_channel_show', 'direct_channel_show', 'flagged_post', 'notifications'),
  CASE kinds.n WHEN 0 THEN users.id WHEN 1 THEN 'use_military_time' WHEN 2 THEN 'name_format' WHEN 7 THEN 'email_interval'
    WHEN 3 THEN (SELECT id FROM sample_ids WHERE kind = 'team' AND n = users.n % 4)
    WHEN 4 THEN (SELECT id FROM sample_ids WHERE kind = 'user' AND n = (users.n + 1) % @users)
    WHEN 5 THEN (SELECT id FROM sample_ids WHERE kind = 'user' AND n = (users.n + 4) % @users)
    ELSE (SELECT id FROM sample_ids WHERE kind = 'post' AND n = CRC32(CONCAT('flag', users.n)) % @posts) END,
  CASE kinds.n WHEN 0 THEN '999' WHEN 2 THEN 'full_name' WHEN 7 THEN '30' WHEN 1 THEN IF(users.n % 2 = 0, 'true', 'false')
    WHEN 3 THEN IF(users.n % 9 = 0, '', '{"type":"Onyx","sidebarBg":"#202228","sidebarText":"#ffffff","centerChannelBg":"#191b1f","onlineIndicator":"#3db887","codeTheme":"monokai"}')
    ELSE 'true' END
FROM sample_ids users
JOIN sample_numbers kinds ON kinds.n < 8
WHERE users.kind = 'user';

INSERT INTO Sessions (Id, Token, CreateAt, ExpiresAt, LastActivityAt, UserId, DeviceId, Roles, IsOAuth, Props, ExpiredNotify)
SELECT ids.id, tokens.id, @start + ids.n * 60000, IF(ids.n % 40 = 39, 0, @start + 2592000000 + ids.n * 60000), @start + ids.n * 65000,
  (SELECT id FROM sample_ids WHERE kind = 'user' AND n = ids.n % @users),
  IF(ids.n % 3 = 2, CONCAT('android_rn-v2:', SHA2(CONCAT('device', ids.n), 512), ':', SHA2(ids.n, 256)), ''),
  IF(ids.n % @users < 2, 'system_user system_admin', 'system_user'), ids.n % 40 = 39,
  CONCAT('{"browser":"', ELT(ids.n % 3 + 1, 'Firefox/115.0', 'Chrome/120.0', 'Mattermost Mobile'), '","csrf":"', SHA2(CONCAT('csrf', ids.n), 224),
    '","isMobile":"', IF(ids.n % 3 = 2, 'true', 'false'), '","os":"Linux","platform":"Linux"}'),
  ids.n % 10 = 0
FROM sample_ids ids
JOIN sample_ids tokens ON tokens.kind = 'sessiontoken' AND tokens.n = ids.n
WHERE ids.kind = 'session';

INSERT INTO Audits (Id, CreateAt, UserId, Action, ExtraInfo, IpAddress, SessionId)
SELECT id, @start + n * 90000, IF(n % 12 = 11, '', (SELECT id FROM sample_ids WHERE kind = 'user' AND n = audits.n % @users)),
  ELT(n % 4 + 1, '/api/v4/users/login', '/api/v4/channels/direct', '/api/v4/users/me/patch', '/api/v4/posts'),
  ELT(n % 5 + 1, 'authenticated', '', 'attempt - login_id=größe@example.com', CONCAT('fail - ip=10.0.', n % 256, '.1'), 'session_user=anna0'),
  IF(n % 6 = 5, CONCAT('2001:db8::', HEX(n % 65536), '%eth0'), CONCAT('10.1.', n DIV 256 % 256, '.', n % 256)),
  IF(n % 12 = 11, '', (SELECT id FROM sample_ids WHERE kind = 'session' AND n = audits.n % @users))
FROM sample_ids audits WHERE kind = 'audit';

INSERT INTO TermsOfService (Id, CreateAt, UserId, Text)
SELECT id, @start + n, (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 0),
  CONCAT('# Terms, version ', n, '\n\n', REPEAT('Be kind – seid nett zueinander – 请友善。\n', 40 * (n + 1)))
FROM sample_ids WHERE kind = 'misc' AND n < 2;

INSERT INTO UserTermsOfService (UserId, TermsOfServiceId, CreateAt)
SELECT id, (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = users.n % 2), @start + n
FROM sample_ids users WHERE kind = 'user' AND n % 10 = 1;

INSERT INTO UserAccessTokens (Id, Token, UserId, Description, IsActive)
SELECT id, (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = tokens.n + 4),
  (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 49 - tokens.n),
  ELT(n - 1, 'CI "nightly" build', 'Überwachung'), n % 2
FROM sample_ids tokens WHERE kind = 'misc' AND n IN (2, 3);

INSERT INTO DesktopTokens (Token, CreateAt, UserId)
SELECT SHA2(CONCAT('desktop', n), 256), @start + n, id FROM sample_ids WHERE kind = 'user' AND n IN (3, 5);

INSERT INTO Tokens (Token, CreateAt, Type, Extra) VALUES
  (SHA2('token1', 256), @start + 1, 'team_invitation', '{"teamId":"t","email":"neu@example.com","channels":"a b"}'),
  (SHA2('token2', 256), @start + 2, 'password_recovery', ''),
  (SHA2('token3', 256), @start + 3, 'verify_email', NULL);

INSERT INTO NotifyAdmin (UserId, CreateAt, RequiredPlan, RequiredFeature, Trial, SentAt)
SELECT id, @start + n, 'cloud-professional', ELT(n % 2 + 1, 'mattermost.feature.guest_accounts', 'mattermost.feature.custom_user_groups'), n % 2, IF(n = 7, NULL, 0)
FROM sample_ids WHERE kind = 'user' AND n IN (6, 7);

INSERT INTO ProductNoticeViewState (UserId, NoticeId, Viewed, `Timestamp`)
SELECT id, ELT(n % 2 + 1, 'desktop_upgrade_v5.6', 'crt-admin-default_on'), 1 + n % 3, 1672531200 + n
FROM sample_ids WHERE kind = 'user' AND n % 5 = 2;

INSERT INTO RecentSearches (UserId, SearchPointer, Query, CreateAt)
SELECT users.id, pointers.n,
  CONCAT('{"search_type":"messages","terms":"from:anna \\"größe 5\\" ', pointers.n, '","page":0,"per_page":20,"weight":1.0,"time_zone_offset":-3600}'),
  @start + users.n + pointers.n
FROM sample_ids users JOIN sample_numbers pointers ON pointers.n < 3
WHERE users.kind = 'user' AND users.n % 20 = 4;

-- Teams and channels -----------------------------------------------------------------------------

INSERT INTO Teams (Id, CreateAt, UpdateAt, DeleteAt, DisplayName, Name, Description, Email, Type, CompanyName,
  AllowedDomains, InviteId, SchemeId, AllowOpenInvite, LastTeamIconUpdate, GroupConstrained, CloudLimitsArchived)
SELECT id, @start + n, @start + n, IF(n = 3, @start + 5000, 0), ELT(n + 1, 'Entwicklung & Qualität', '销售部', 'Support', 'Old "archive"'),
  ELT(n + 1, 'entwicklung', 'sales', 'support', 'archive'), ELT(n + 1, 'Wir bauen es.', '', 'We answer.', ''),
  'team@example.com', IF(n = 1, 'I', 'O'), ELT(n + 1, 'Beispiel GmbH', '', '', ''), IF(n = 1, 'example.com,example.org', ''),
  (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = teams.n + 10),
  IF(n = 2, (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = 20), IF(n = 3, '', NULL)), n % 2 = 0, n * 1000, IF(n = 0, NULL, n = 1), n = 3
FROM sample_ids teams WHERE kind = 'team';

INSERT INTO TeamMembers (TeamId, UserId, Roles, DeleteAt, SchemeUser, SchemeAdmin, SchemeGuest, CreateAt)
SELECT teams.id, users.id, IF(users.n = 4, 'team_post_all team_post_all_public', ''), IF(users.n % 40 = 37, @start + users.n, 0),
  users.n % 50 <> 48, users.n < 4, users.n % 50 = 48, @start + users.n
FROM sample_ids users
JOIN sample_ids teams ON teams.kind = 'team' AND (teams.n = users.n % 4 OR (teams.n = 0 AND users.n % 8 = 3))
WHERE users.kind = 'user';

INSERT INTO Channels (Id, CreateAt, UpdateAt, DeleteAt, TeamId, Type, DisplayName, Name, Header, Purpose, LastPostAt,
  TotalMsgCount, ExtraUpdateAt, CreatorId, SchemeId, GroupConstrained, Shared, TotalMsgCountRoot, LastRootPostAt,
  BannerInfo, DefaultCategoryName)
SELECT channels.id, @start + channels.n, @start + channels.n * 2, IF(channels.n % 40 = 21, @start + 70000000000, 0),
  IF(channels.type IN ('D', 'G'), '', teams.id), channels.type,
  CASE WHEN channels.n < 4 THEN 'Town Square' WHEN channels.type = 'D' THEN ''
    WHEN channels.type = 'G' THEN 'anna0, juergen1, xiaoming2'
    ELSE CONCAT(ELT(channels.n % 6 + 1, 'Übergabe', '发布', 'Off-Topic 🎈', 'Разработка', 'Incident', 'Q&A'), ' ', channels.n) END,
  CASE WHEN channels.n < 4 THEN 'town-square'
    WHEN channels.type = 'D' THEN CONCAT(LEAST(first.id, second.id), '__', GREATEST(first.id, second.id))
    WHEN channels.type = 'G' THEN LEFT(SHA2(CONCAT('group', channels.n), 256), 40)
    ELSE CONCAT(ELT(channels.n % 6 + 1, 'uebergabe', 'release', 'off-topic', 'razrabotka', 'incident', 'q_and_a'), '-', channels.n) END,
  IF(channels.n % 5 = 0, '**Wichtig:** [Wiki](https://wiki.example.com/a_(b)) | 值班: @anna0 :fire:', ''),
  IF(channels.n % 7 = 0, 'Everything about the next release; keep it short.', ''),
  @start + 63072000000, 100 + channels.n, 0, IF(channels.n < 4, '', first.id), IF(channels.n % 9 = 8, '', NULL),
  IF(channels.n % 3 = 0, NULL, channels.n % 12 = 5), IF(channels.n % 2 = 0, NULL, channels.n IN (1, 3)), 50 + channels.n, @start + 63071000000,
  CASE WHEN channels.n % 16 = 1 THEN '{"text":"**Vertraulich** – \\u26a0 \\ud83d\\ude80 confidential","enabled":true,"background_color":"#ff0000"}'
    WHEN channels.n % 16 = 2 THEN '{}' END,
  IF(channels.n % 10 = 9, 'Projekte', '')
FROM sample_channels channels
JOIN sample_ids teams ON teams.kind = 'team' AND teams.n = channels.team
JOIN sample_ids first ON first.kind = 'user' AND first.n = (channels.n * 4 + channels.team) % @users
JOIN sample_ids second ON second.kind = 'user' AND second.n = ((channels.n + 1) * 4 + channels.team) % @users;

INSERT INTO PublicChannels (Id, DeleteAt, TeamId, DisplayName, Name, Header, Purpose)
SELECT Id, DeleteAt, TeamId, DisplayName, Name, Header, Purpose FROM Channels WHERE Type = 'O';

INSERT INTO ChannelMembers (ChannelId, UserId, Roles, LastViewedAt, MsgCount, MentionCount, NotifyProps, LastUpdateAt,
  SchemeUser, SchemeAdmin, SchemeGuest, MentionCountRoot, MsgCountRoot, UrgentMentionCount)
SELECT channel_id, user_id, IF(place = 5, 'channel_post_all', ''), @start + 60000000000 + place * 7, 90 + place, place % 4,
  IF(place % 6 = 3, '{"desktop":"mention","email":"default","ignore_channel_mentions":"on","mark_unread":"mention","push":"default"}',
    '{"channel_auto_follow_threads":"off","desktop":"default","email":"default","ignore_channel_mentions":"default","mark_unread":"all","push":"default"}'),
  @start + place, user % 50 <> 48, IF(user % 50 = 48, NULL, place = 0), user % 50 = 48, place % 3, 45 + place, place % 2
FROM sample_members;

INSERT INTO ChannelMemberHistory (ChannelId, UserId, JoinTime, LeaveTime)
SELECT channel_id, user_id, @start + channel + place, IF(place % 8 = 6, @start + 50000000000, NULL)
FROM sample_members WHERE channel % 8 < 6 AND place % 2 = 0;

INSERT INTO SidebarCategories (Id, UserId, TeamId, SortOrder, Sorting, Type, DisplayName, Muted, Collapsed)
SELECT CONCAT(ELT(kinds.n + 1, 'favorites', 'channels', 'direct_messages'), '_', users.id, '_', teams.id), users.id, teams.id,
  kinds.n * 10, ELT(kinds.n + 1, '', 'alpha', 'recent'), ELT(kinds.n + 1, 'favorites', 'channels', 'direct_messages'),
  ELT(kinds.n + 1, 'Favorites', 'Channels', 'Direct Messages'), kinds.n = 2 AND users.n % 9 = 0, kinds.n = 0 AND users.n % 2 = 0
FROM sample_ids users
JOIN sample_numbers kinds ON kinds.n < 3
JOIN sample_ids teams ON teams.kind = 'team' AND teams.n = users.n % 4
WHERE users.kind = 'user';

INSERT INTO SidebarChannels (ChannelId, UserId, CategoryId, SortOrder)
SELECT members.channel_id, members.user_id,
  CONCAT(IF(members.place % 5 = 0, 'favorites', 'channels'), '_', members.user_id, '_', teams.id), members.place * 10
FROM sample_members members
JOIN sample_ids teams ON teams.kind = 'team' AND teams.n = members.user % 4
WHERE members.channel % 8 < 6 AND members.place % 4 = 0;

INSERT INTO ChannelBookmarks (Id, OwnerId, ChannelId, FileInfoId, CreateAt, UpdateAt, DeleteAt, DisplayName, SortOrder,
  LinkUrl, ImageUrl, Emoji, Type, OriginalId, ParentId)
SELECT bookmarks.id, (SELECT id FROM sample_ids WHERE kind = 'user' AND n = bookmarks.n % @users), channels.id,
  IF(bookmarks.n % 2 = 0, '', (SELECT id FROM sample_ids WHERE kind = 'file' AND n = bookmarks.n)),
  @start + bookmarks.n, @start + bookmarks.n, IF(bookmarks.n % 7 = 6, @start + 9, 0), IF(bookmarks.n % 2 = 0, 'Dokumentation für alle', '预算.xlsx'), bookmarks.n % 5,
  IF(bookmarks.n % 2 = 0, 'https://docs.example.com/?q=größe', ''), '', IF(bookmarks.n % 2 = 0, ':books:', ''), IF(bookmarks.n % 2 = 0, 'link', 'file'),
  IF(bookmarks.n % 3 = 0, NULL, ''), NULL
FROM sample_ids bookmarks
JOIN sample_channels channels ON channels.n = bookmarks.n * 4
WHERE bookmarks.kind = 'bookmark';

-- Posts, and what hangs on them ------------------------------------------------------------------

INSERT INTO Posts (Id, CreateAt, UpdateAt, DeleteAt, UserId, ChannelId, RootId, OriginalId, Message, Type, Props,
  Hashtags, Filenames, FileIds, HasReactions, EditAt, IsPinned, RemoteId)
SELECT STRAIGHT_JOIN posts.id, posts.create_at,
  posts.create_at + CASE WHEN posts.n % 100 IN (11, 13) THEN 90000 WHEN posts.n % 70 = 33 THEN 1000 ELSE 0 END,
  CASE WHEN posts.n % 100 = 13 THEN posts.create_at + 90000 WHEN posts.n % 70 = 33 THEN posts.create_at + 1000 ELSE 0 END,
  users.id, channels.id, COALESCE(roots.id, ''),
  IF(posts.n % 100 = 13, (SELECT id FROM sample_ids WHERE kind = 'post' AND n = posts.n - 2), ''),
  CASE WHEN posts.n % 2000 = 777 THEN LEFT(CONCAT('# Protokoll ', posts.n, '\n\n', REPEAT(texts.body, 16000)), 15000 + CRC32(posts.n) % 1384)
    WHEN posts.n % 60 = 19 THEN CONCAT('@anna', posts.user, ' joined the channel.')
    WHEN texts.n >= 32 THEN texts.body
    WHEN CRC32(posts.n) % 3 = 0 THEN CONCAT(texts.body, ' ', more.body)
    WHEN CRC32(posts.n) % 6 = 1 THEN CONCAT('@juergen', posts.user, ' ', texts.body, ' (ticket ', CRC32(posts.n), ')\n', more.body, ' ', UPPER(texts.body))
    WHEN CRC32(posts.n) % 6 = 2 THEN CONCAT(more.body, '\n> ', texts.body, '\n\n', HEX(CRC32(posts.n)), ': ', texts.body, ' ', more.body)
    ELSE texts.body END,
  CASE WHEN posts.n % 60 = 19 THEN 'system_join_channel' WHEN posts.n % 40 = 27 THEN 'slack_attachment' ELSE '' END,
  CASE WHEN posts.n % 60 = 19 THEN CONCAT('{"username":"anna', posts.user, '"}')
    WHEN posts.n % 40 = 27 THEN CONCAT('{"zebra":1,"from_webhook":"true","override_username":"CI \\ud83e\\udd16 für \\u00e4ll","attachments":[{"id":0,"title":"Build ', posts.n,
      '","text":"a\\tb\\n\\"c\\" \\\\d \\/e","fields":[{"short":true,"title":"Größe","value":1.0},{"short":false,"title":"","value":null}],"ts":', posts.create_at,
      '}],"ratio":0.1,"whole":1,"one":1.0,"big":12345678901234567890,"tiny":-2.5e-8,"empty":{},"none":[],"alpha":[[],[{}]]}')
    WHEN posts.n % 50 = 21 THEN '{"mentionHighlightDisabled":true,"disable_group_highlight":true}'
    WHEN posts.n % 90 = 45 THEN '{"ключ":"значение","键":"值","previewed_post":"","👍🏽":[1,2,3]}'
    ELSE '{}' END,
  CASE texts.n WHEN 25 THEN '#release' WHEN 41 THEN '#incident #database' WHEN 46 THEN '#minutes #budget' ELSE '' END, '[]',
  IF(posts.n % 33 = 5, COALESCE((SELECT CONCAT('["', id, '"]') FROM sample_ids WHERE kind = 'file' AND n = posts.n DIV 33), '[]'), '[]'),
  posts.n % 20 = 7, IF(posts.n % 100 IN (11, 13), posts.create_at + 90000, 0), posts.n % 200 = 9,
  IF(posts.n % 500 = 8, (SELECT id FROM sample_ids WHERE kind = 'remote' AND n = 0), IF(posts.n % 2 = 0, NULL, ''))
FROM sample_posts posts
JOIN sample_channels channels ON channels.n = posts.channel
JOIN sample_ids users ON users.kind = 'user' AND users.n = posts.user
JOIN sample_texts texts ON texts.n = CRC32(CONCAT('text', posts.n)) % 48
JOIN sample_texts more ON more.n = CRC32(CONCAT('more', posts.n)) % 32
LEFT JOIN sample_ids roots ON roots.kind = 'post' AND roots.n = posts.root
ORDER BY posts.id;

INSERT INTO Threads (PostId, ReplyCount, LastReplyAt, Participants, ChannelId, ThreadDeleteAt, ThreadTeamId)
SELECT roots.id, LEAST(1 + roots.n DIV 20 % 9, @posts - 1 - roots.n), replies.create_at,
  CONCAT('["', first.id, '","', second.id, '"]'), channels.id, IF(roots.n % 70 = 33, roots.create_at + 1000, IF(roots.n % 3 = 0, NULL, 0)),
  IF(channels.type IN ('D', 'G'), '', teams.id)
FROM sample_posts roots
JOIN sample_posts replies ON replies.n = roots.n + LEAST(1 + roots.n DIV 20 % 9, @posts - 1 - roots.n)
JOIN sample_channels channels ON channels.n = roots.channel
JOIN sample_ids first ON first.kind = 'user' AND first.n = roots.user
JOIN sample_ids second ON second.kind = 'user' AND second.n = (roots.user + 4) % @users
JOIN sample_ids teams ON teams.kind = 'team' AND teams.n = channels.team
WHERE roots.n % 40 = 2 AND roots.n < @posts - 1;

INSERT INTO ThreadMemberships (PostId, UserId, Following, LastViewed, LastUpdated, UnreadMentions)
SELECT roots.id, users.id, kinds.n = 0 OR roots.n % 3 > 0, roots.create_at + 60000, roots.create_at + 70000, roots.n % 4 * kinds.n
FROM sample_posts roots
JOIN sample_numbers kinds ON kinds.n < 2 AND (kinds.n = 0 OR roots.n % 80 = 2)
JOIN sample_ids users ON users.kind = 'user' AND users.n = (roots.user + 4 * kinds.n) % @users
WHERE roots.n % 40 = 2 AND roots.n < @posts - 1;

INSERT INTO Reactions (UserId, PostId, EmojiName, CreateAt, UpdateAt, DeleteAt, RemoteId, ChannelId)
SELECT users.id, posts.id, ELT(posts.n DIV 20 % 6 + 1, '+1', '-1', 'joy', 'white_check_mark', 'flag-de', 'heart'),
  posts.create_at + 5000, posts.create_at + 5000, IF(posts.n % 19 = 3, posts.create_at + 9000, IF(posts.n % 3 = 0, NULL, 0)), IF(posts.n % 3 = 0, NULL, ''), channels.id
FROM sample_posts posts
JOIN sample_numbers kinds ON kinds.n < 2 AND (kinds.n = 0 OR posts.n DIV 20 % 3 = 0)
JOIN sample_channels channels ON channels.n = posts.channel
JOIN sample_ids users ON users.kind = 'user' AND users.n = (posts.user + 4 * kinds.n) % @users
WHERE posts.n % 20 = 7
ORDER BY posts.id;

-- Every byte value there is, as a binary string.
SET @bytes = x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff';

INSERT INTO FileInfo (Id, CreatorId, PostId, CreateAt, UpdateAt, DeleteAt, Path, ThumbnailPath, PreviewPath, Name,
  Extension, Size, MimeType, Width, Height, HasPreviewImage, MiniPreview, Content, RemoteId, Archived, ChannelId)
SELECT files.id, users.id, posts.id, posts.create_at, posts.create_at, IF(files.n % 30 = 29, posts.create_at + 1, 0),
  CONCAT('20230101/teams/noteam/channels/', channels.id, '/users/', users.id, '/', files.id, '/', ELT(files.n % 4 + 1, 'Prüfbericht.pdf', '截图.png', 'archive.tar.gz', 'IMG_0001.JPG')),
  IF(files.n % 2 = 1, CONCAT('20230101/teams/noteam/channels/', channels.id, '/users/', users.id, '/', files.id, '/thumb.jpg'), ''),
  IF(files.n % 2 = 1, CONCAT('20230101/teams/noteam/channels/', channels.id, '/users/', users.id, '/', files.id, '/preview.jpg'), ''),
  ELT(files.n % 4 + 1, 'Prüfbericht "final" (2).pdf', '截图 2023-01-01.png', 'archive.tar.gz', 'IMG_0001.JPG'),
  ELT(files.n % 4 + 1, 'pdf', 'png', 'gz', 'jpg'), IF(files.n % 50 = 2, 5368709120, CRC32(files.n)),
  ELT(files.n % 4 + 1, 'application/pdf', 'image/png', 'application/gzip', 'image/jpeg'), files.n % 2 * 1920, files.n % 2 * 1080, files.n % 2 = 1,
  CASE WHEN files.n % 8 = 3 THEN CONCAT(x'FFD8FFE000104A46494600', @bytes, UNHEX(SHA2(files.id, 256))) WHEN files.n % 8 = 5 THEN '' END,
  CASE WHEN files.n % 20 = 0 THEN REPEAT(CONCAT('Seite ', files.n, ': Prüfung der Größe, 检验报告, проверка.\n'), 60) WHEN files.n % 3 = 0 THEN NULL ELSE '' END,
  IF(files.n % 2 = 0, NULL, ''), files.n % 25 = 7, channels.id
FROM sample_ids files
JOIN sample_posts posts ON posts.n = files.n * 33 + 5
JOIN sample_channels channels ON channels.n = posts.channel
JOIN sample_ids users ON users.kind = 'user' AND users.n = posts.user
WHERE files.kind = 'file';

INSERT INTO PostsPriority (PostId, ChannelId, Priority, RequestedAck, PersistentNotifications)
SELECT posts.id, channels.id, IF(posts.n % 400 = 22, 'urgent', 'important'), posts.n % 400 = 22, IF(posts.n % 400 = 22, 1, NULL)
FROM sample_posts posts JOIN sample_channels channels ON channels.n = posts.channel
WHERE posts.n % 200 = 22;

INSERT INTO PostAcknowledgements (PostId, UserId, AcknowledgedAt, RemoteId, ChannelId)
SELECT posts.id, users.id, posts.create_at + 7000, IF(users.n % 2 = 0, '', NULL), channels.id
FROM sample_posts posts
JOIN sample_channels channels ON channels.n = posts.channel
JOIN sample_ids users ON users.kind = 'user' AND users.n = (posts.user + 4) % @users
WHERE posts.n % 400 = 22;

INSERT INTO PersistentNotifications (PostId, CreateAt, LastSentAt, DeleteAt, SentCount)
SELECT id, create_at, create_at + 300000, IF(n % 800 = 22, 0, create_at + 900000), n % 7 FROM sample_posts WHERE n % 400 = 22;

INSERT INTO PostReminders (PostId, UserId, TargetTime)
SELECT posts.id, users.id, 1735689600 + posts.n
FROM sample_posts posts JOIN sample_ids users ON users.kind = 'user' AND users.n = posts.user
WHERE posts.n % 1000 = 123;

INSERT INTO Drafts (CreateAt, UpdateAt, DeleteAt, UserId, ChannelId, RootId, Message, Props, FileIds, Priority)
SELECT @start + drafts.n, @start + drafts.n * 2, 0, users.id, channels.id,
  IF(drafts.n % 4 = 0, (SELECT id FROM sample_ids WHERE kind = 'post' AND n = drafts.n % (@posts DIV 40) * 40 + 2), ''),
  texts.body, IF(drafts.n % 3 = 0, '{}', '{"disable_group_highlight":true}'), '[]',
  IF(drafts.n % 5 = 0, '{"priority":"urgent","requested_ack":true}', '{}')
FROM sample_ids drafts
JOIN sample_ids users ON users.kind = 'user' AND users.n = drafts.n * 2
JOIN sample_channels channels ON channels.n = drafts.n % @channels
JOIN sample_texts texts ON texts.n = drafts.n % 48
WHERE drafts.kind = 'draft';

INSERT INTO ScheduledPosts (id, createat, updateat, userid, channelid, rootid, message, props, fileids, priority, scheduledat, processedat, errorcode)
SELECT scheduled.id, @start + scheduled.n, @start + scheduled.n, users.id, channels.id, '', texts.body, '{}', '[]', IF(scheduled.n % 2 = 0, '{}', NULL),
  1735689600000 + scheduled.n, IF(scheduled.n % 4 = 3, 1735689700000, 0), IF(scheduled.n % 4 = 3, 'channel_archived', '')
FROM sample_ids scheduled
JOIN sample_ids users ON users.kind = 'user' AND users.n = scheduled.n * 3
JOIN sample_channels channels ON channels.n = scheduled.n % @channels
JOIN sample_texts texts ON texts.n = scheduled.n % 48
WHERE scheduled.kind = 'scheduled';

INSERT INTO LinkMetadata (Hash, URL, `Timestamp`, Type, Data)
SELECT CAST(CRC32(CONCAT('link', n)) AS SIGNED) * 2147483647 * IF(n % 2 = 0, 1, -1) + n,
  CONCAT('https://example.com/', ELT(n % 3 + 1, 'blog/', 'größe/', '图片/'), n, '?utm_source=a&b[]=', id),
  1672531200000 + n * 3600000, ELT(n % 3 + 1, 'opengraph', 'image', 'none'),
  ELT(n % 3 + 1, CONCAT('{"type":"article","url":"https:\\/\\/example.com\\/', n, '","title":"Tom & \\"Jerry\\" \\u2013 \\u7f51\\u9875","description":"line 1\\r\\nline 2",',
      '"locale":"de_DE","images":[{"url":"https://example.com/i.png","secure_url":"","type":"","width":1200,"height":630.0}],"audios":null,"videos":[],"score":98765432109876543210}'),
    '{"width":640,"height":480,"format":"png","frame_count":0}', NULL)
FROM sample_ids WHERE kind = 'link';

INSERT INTO UploadSessions (Id, Type, CreateAt, UserId, ChannelId, Filename, Path, FileSize, FileOffset, RemoteId, ReqFileId)
SELECT id, ELT(n - 21, 'attachment', 'import'), @start + n, (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 0),
  IF(n = 22, (SELECT id FROM sample_channels WHERE n = 0), ''), ELT(n - 21, 'Vortrag „Größe“.mp4', 'import.zip'),
  CONCAT('20230101/teams/noteam/uploads/', id), 8589934592, 1048576, IF(n = 22, NULL, ''), ''
FROM sample_ids WHERE kind = 'misc' AND n IN (22, 23);

-- Plugins, jobs and the system -------------------------------------------------------------------

INSERT INTO PluginKeyValueStore (PluginId, PKey, PValue, ExpireAt)
SELECT ELT(n % 4 + 1, 'com.mattermost.calls', 'playbooks', 'com.mattermost.nps', 'focalboard'),
  CONCAT(ELT(n % 4 + 1, 'mutex_', 'run_', 'Survey-', 'größe_'), id),
  CASE n % 6 WHEN 0 THEN @bytes WHEN 1 THEN CAST(CONCAT('{"id":"', id, '","n":1.0}') AS BINARY) WHEN 2 THEN '' WHEN 3 THEN NULL
    WHEN 4 THEN CONCAT(UNHEX(SHA2(id, 512)), REVERSE(@bytes), x'00') ELSE REPEAT(UNHEX(SHA2(id, 256)), 64) END,
  IF(n % 4 = 0, 1735689600000 + n, IF(n % 4 = 1, NULL, 0))
FROM sample_ids WHERE kind = 'keyvalue';

INSERT INTO Jobs (Id, Type, Priority, CreateAt, StartAt, LastActivityAt, Status, Progress, Data)
SELECT id, ELT(n % 5 + 1, 'data_retention', 'message_export', 'ldap_sync', 'migrations', 'export_process'), 0, @start + n * 500000,
  IF(n % 6 = 5, 0, @start + n * 500000 + 900), @start + n * 500000 + 1900,
  ELT(n % 6 + 1, 'success', 'success', 'error', 'canceled', 'warning', 'pending'), IF(n % 6 = 0, 100, n % 6),
  CASE n % 4 WHEN 0 THEN CONCAT('{"batch_start_time":"', @start + n, '","messages_exported":"0","error":"open C:\\\\data\\\\ä: no such file"}')
    WHEN 1 THEN '{"last_done":"{\\"current_table\\":\\"Posts\\",\\"last_id\\":\\"\\"}","scanned":1000000,"ratio":1.50}' WHEN 2 THEN '{}' END
FROM sample_ids WHERE kind = 'job';

-- The migrations may have left two of these rows, hence REPLACE.
REPLACE INTO Systems (Name, Value) VALUES
  ('DiagnosticId', 'y1kq8mfjwpnz3hb9xtgr5cdeoa'),
  ('InstallationDate', '1672531200000'),
  ('FirstServerRunTimestamp', '1672531200000'),
  ('FirstAdminSetupComplete', 'true'),
  ('ActiveLicenseId', 'bf3k9nqzrw7chx5mtgo1jpd8ya'),
  ('AsymmetricSigningKey', '{"ecdsa_key":{"curve":"P-256","x":27182818284590452353602874713526624977572470936999595749669676277,"y":31415926535897932384626433832795028841971693993751058209749445923,"d":14142135623730950488016887242096980785696718753769480731766797379}}'),
  ('PostActionCookieSecret', '{"key":"c2FtcGxlLXNlY3JldC1vZi0zMi1ieXRlcy1sZW5ndGg="}'),
  ('ClusterEncryptionKey', 'c2FtcGxlLWNsdXN0ZXIta2V5'),
  ('UpgradedFromTE', 'true'),
  ('Version', '10.11.21'),
  ('LastSecurityTime', '1735603200000'),
  ('LastComplianceTime', '1735603200000'),
  ('LastAccessiblePostTime', '0'),
  ('LastAccessibleFileTime', ''),
  ('warn_metric_number_of_active_users_500', 'null'),
  ('AdvancedPermissionsMigrationComplete', 'true'),
  ('EmojisPermissionsMigrationComplete', 'true'),
  ('GuestRolesCreationMigrationComplete', 'true'),
  ('ContentExtractionConfigDefaultTrueMigrationComplete', 'true'),
  ('PlaybookRolesCreationMigrationComplete', 'true'),
  ('RemainingSchemaMigrations', 'true'),
  ('CRTChannelMembershipCountsMigrationComplete', 'true'),
  ('CRTThreadCountsAndUnreadsMigrationComplete', 'true'),
  ('emoji_permissions_split', 'true'),
  ('add_manage_secure_connections_permissions', 'true');

INSERT INTO Licenses (Id, CreateAt, Bytes) VALUES
  ('bf3k9nqzrw7chx5mtgo1jpd8ya', @start, REPEAT('eyJpZCI6InNhbXBsZSJ9', 90)),
  ('h7gq1ncxrw5kfb3mtzo9jpd8ye', @start - 1, REPEAT('c2FtcGxlIGxpY2Vuc2U', 300));

INSERT INTO Compliances (Id, CreateAt, UserId, Status, Count, `Desc`, Type, StartAt, EndAt, Keywords, Emails)
SELECT id, @start + n, (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 0), ELT(n - 23, 'finished', 'created'), n - 20,
  ELT(n - 23, 'Prüfung 2023', ''), 'adhoc', @start, @start + 86400000, ELT(n - 23, 'größe, "three copies"', ''), ELT(n - 23, 'anna@example.com', NULL)
FROM sample_ids WHERE kind = 'misc' AND n IN (24, 25);

INSERT INTO ClusterDiscovery (Id, Type, ClusterName, Hostname, GossipPort, Port, CreateAt, LastPingAt)
SELECT id, 'mattermost', 'production', ELT(n - 25, 'node-1.example.com', 'node-2.example.com'), 8074, 8075, @start, @start + 60000000000
FROM sample_ids WHERE kind = 'misc' AND n IN (26, 27);

INSERT INTO Roles (Id, Name, DisplayName, Description, CreateAt, UpdateAt, DeleteAt, Permissions, SchemeManaged, BuiltIn, SchemeId)
SELECT id, ELT(n + 1, 'system_admin', 'system_user', 'system_guest', 'system_post_all', 'system_post_all_public', 'system_user_access_token',
    'system_user_manager', 'system_read_only_admin', 'system_manager', 'team_admin', 'team_user', 'team_guest', 'team_post_all', 'team_post_all_public',
    'channel_admin', 'channel_user', 'channel_guest', 'custom_group_user', 'playbook_admin', 'playbook_member', 'run_admin', 'run_member',
    'scheme_team_admin_sample', 'scheme_channel_user_sample'),
  CONCAT('authentication.roles.', n, '.name'), IF(n % 5 = 4, '', 'Größere Rechte für „alle“'), @start, @start, 0,
  CONCAT(' ', REPEAT('create_post edit_post delete_post add_reaction upload_file use_channel_mentions ', IF(n = 0, 60, n % 3)), 'view_team'),
  n < 22, n < 22, IF(n < 22, NULL, (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = 20))
FROM sample_ids WHERE kind = 'role';

INSERT INTO Schemes (Id, Name, DisplayName, Description, CreateAt, UpdateAt, DeleteAt, Scope, DefaultTeamAdminRole, DefaultTeamUserRole,
  DefaultChannelAdminRole, DefaultChannelUserRole, DefaultTeamGuestRole, DefaultChannelGuestRole, DefaultPlaybookAdminRole,
  DefaultPlaybookMemberRole, DefaultRunAdminRole, DefaultRunMemberRole)
SELECT id, CONCAT('scheme', n), ELT(n - 19, 'Unterstützung', 'Kanal'), '', @start, @start, 0, ELT(n - 19, 'team', 'channel'),
  IF(n = 20, 'scheme_team_admin_sample', ''), IF(n = 20, 'team_user', ''), 'channel_admin', 'scheme_channel_user_sample',
  IF(n = 20, 'team_guest', ''), 'channel_guest', 'playbook_admin', 'playbook_member', 'run_admin', NULL
FROM sample_ids WHERE kind = 'misc' AND n IN (20, 21);

INSERT INTO RetentionPolicies (Id, DisplayName, PostDuration)
SELECT id, ELT(n - 27, 'Ein Jahr', '永久'), ELT(n - 27, 365, -1) FROM sample_ids WHERE kind = 'misc' AND n IN (28, 29);

INSERT INTO RetentionPoliciesTeams (PolicyId, TeamId)
SELECT (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = teams.n + 28), id FROM sample_ids teams WHERE kind = 'team' AND n < 2;

INSERT INTO RetentionPoliciesChannels (PolicyId, ChannelId)
SELECT (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = 28), id FROM sample_channels WHERE n BETWEEN 8 AND 10;

INSERT INTO RetentionIdsForDeletion (Id, TableName, Ids)
SELECT id, ELT(n - 29, 'Posts', 'Reactions'), IF(n = 31, '[]', (SELECT CONCAT('["', MIN(id), '","', MAX(id), '"]') FROM sample_posts))
FROM sample_ids WHERE kind = 'misc' AND n IN (30, 31);

-- Integrations -----------------------------------------------------------------------------------

INSERT INTO IncomingWebhooks (Id, CreateAt, UpdateAt, DeleteAt, UserId, ChannelId, TeamId, DisplayName, Description, Username, IconURL, ChannelLocked)
SELECT hooks.id, @start + hooks.n, @start + hooks.n, IF(hooks.n % 6 = 5, @start + 9, 0), (SELECT id FROM sample_ids WHERE kind = 'user' AND n = hooks.n % @users),
  channels.id, teams.id, CONCAT('Überwachung ', hooks.n), '', 'ci', IF(hooks.n % 2 = 0, 'https://example.com/icon.png', ''), hooks.n % 2
FROM sample_ids hooks
JOIN sample_channels channels ON channels.n = hooks.n
JOIN sample_ids teams ON teams.kind = 'team' AND teams.n = channels.team
WHERE hooks.kind = 'hook';

INSERT INTO OutgoingWebhooks (Id, Token, CreateAt, UpdateAt, DeleteAt, CreatorId, ChannelId, TeamId, TriggerWords, CallbackURLs, DisplayName,
  ContentType, TriggerWhen, Username, IconURL, Description)
SELECT hooks.id, (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = hooks.n + 2), @start + hooks.n, @start + hooks.n, 0,
  (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 1), channels.id, teams.id,
  IF(hooks.n % 2 = 0, '["bau:","größe"]', '[]'), '["https://example.com/hook?a=1&b=2"]', 'Auslöser', 'application/json', hooks.n % 2, '', '', 'Schickt alles weiter'
FROM sample_ids hooks
JOIN sample_channels channels ON channels.n = hooks.n
JOIN sample_ids teams ON teams.kind = 'team' AND teams.n = channels.team
WHERE hooks.kind = 'hooktoken';

INSERT INTO Commands (Id, Token, CreateAt, UpdateAt, DeleteAt, CreatorId, TeamId, `Trigger`, Method, Username, IconURL, AutoComplete,
  AutoCompleteDesc, AutoCompleteHint, DisplayName, Description, URL, PluginId)
SELECT id, (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = commands.n + 32), @start + n, @start + n, 0,
  (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 1), (SELECT id FROM sample_ids WHERE kind = 'team' AND n = 0),
  ELT(n + 1, 'wetter', 'build', '会议', 'poll'), IF(n % 2 = 0, 'P', 'G'), '', '', n % 2, 'Zeigt das Wetter', '[Stadt]', 'Wetter', '', 'https://example.com/cmd', IF(n = 3, 'com.example.poll', '')
FROM sample_ids commands WHERE kind = 'command';

INSERT INTO CommandWebhooks (Id, CreateAt, CommandId, UserId, ChannelId, RootId, UseCount)
SELECT (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = commands.n + 36), @start + n, id,
  (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 1), (SELECT id FROM sample_channels WHERE n = 0), '', n
FROM sample_ids commands WHERE kind = 'command' AND n < 2;

INSERT INTO Emoji (Id, CreateAt, UpdateAt, DeleteAt, CreatorId, Name)
SELECT id, @start + n, @start + n, IF(n % 4 = 3, @start + 99 + n, 0), (SELECT id FROM sample_ids WHERE kind = 'user' AND n = emoji.n),
  IF(n % 4 = 3, 'party_parrot', CONCAT('emoji-', n))
FROM sample_ids emoji WHERE kind = 'emoji';

INSERT INTO OAuthApps (Id, CreatorId, CreateAt, UpdateAt, ClientSecret, Name, Description, CallbackUrls, Homepage, IsTrusted, IconURL, MattermostAppID)
SELECT id, (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 0), @start + n, @start + n, SHA2(id, 256), ELT(n - 31, 'Jenkins', 'Kalender'),
  'Für die „Integration“', '["https://example.com/callback"]', 'https://example.com', n % 2, '', IF(n = 32, '', 'app-1')
FROM sample_ids WHERE kind = 'misc' AND n IN (32, 33);

INSERT INTO OAuthAccessData (Token, RefreshToken, RedirectUri, ClientId, UserId, ExpiresAt, Scope)
SELECT users.id, LEFT(SHA2(CONCAT('refresh', users.n), 256), 26), 'https://example.com/callback', apps.id, users.id, @start + users.n, IF(users.n % 2 = 0, 'user', '')
FROM sample_ids users JOIN sample_ids apps ON apps.kind = 'misc' AND apps.n = 32 + users.n % 2
WHERE users.kind = 'user' AND users.n < 6;

INSERT INTO OAuthAuthData (ClientId, UserId, Code, ExpiresIn, CreateAt, RedirectUri, State, Scope)
SELECT apps.id, users.id, SHA2(CONCAT('code', users.n), 512), 600, @start + users.n, 'https://example.com/callback', IF(users.n = 0, 'eyJhIjoiw6QifQ==', ''), 'user'
FROM sample_ids users JOIN sample_ids apps ON apps.kind = 'misc' AND apps.n = 32
WHERE users.kind = 'user' AND users.n < 2;

INSERT INTO OutgoingOAuthConnections (Id, Name, CreatorId, CreateAt, UpdateAt, ClientId, ClientSecret, CredentialsUsername, CredentialsPassword, OAuthTokenURL, GrantType, Audiences)
SELECT id, ELT(n - 33, 'GitLab', 'Wetterdienst'), (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 0), @start, @start, 'client', SHA2(id, 256),
  ELT(n - 33, '', 'nutzer'), ELT(n - 33, NULL, 'geheim''"\\'), 'https://example.com/oauth/token', ELT(n - 33, 'client_credentials', 'password'), '["https://example.com/api"]'
FROM sample_ids WHERE kind = 'misc' AND n IN (34, 35);

-- Groups, properties, access control -------------------------------------------------------------

INSERT INTO UserGroups (Id, Name, DisplayName, Description, Source, RemoteId, CreateAt, UpdateAt, DeleteAt, AllowReference)
SELECT id, ELT(n + 1, 'entwickler', 'leitung', NULL, 'testers'), ELT(n + 1, 'Entwickler', 'Leitung', '财务', 'Testers'), IF(n = 0, 'Alle, die bauen', ''),
  IF(n = 2, 'ldap', 'custom'), IF(n = 2, 'cn=finance', NULL), @start, @start, IF(n = 3, @start + 1, 0), n < 2
FROM sample_ids WHERE kind = 'group';

INSERT INTO GroupMembers (GroupId, UserId, CreateAt, DeleteAt)
SELECT memberships.id, users.id, @start + users.n, IF(users.n % 30 = 10, @start + users.n * 2, 0)
FROM sample_ids memberships JOIN sample_ids users ON users.kind = 'user' AND users.n % 10 = memberships.n
WHERE memberships.kind = 'group';

INSERT INTO GroupTeams (GroupId, AutoAdd, SchemeAdmin, CreateAt, DeleteAt, UpdateAt, TeamId)
SELECT syncs.id, 1, syncs.n % 2, @start, 0, @start, teams.id
FROM sample_ids syncs JOIN sample_ids teams ON teams.kind = 'team' AND teams.n = syncs.n
WHERE syncs.kind = 'group' AND syncs.n < 3;

INSERT INTO GroupChannels (GroupId, AutoAdd, SchemeAdmin, CreateAt, DeleteAt, UpdateAt, ChannelId)
SELECT syncs.id, syncs.n % 2, 0, @start, 0, @start, channels.id
FROM sample_ids syncs JOIN sample_channels channels ON channels.n = 8 + syncs.n
WHERE syncs.kind = 'group' AND syncs.n < 3;

INSERT INTO PropertyGroups (ID, Name)
SELECT id, ELT(n - 35, 'custom_profile_attributes', 'playbooks') FROM sample_ids WHERE kind = 'misc' AND n IN (36, 37);

-- One field of each type; option ids are sample ids of kind option, three for each of the two.
INSERT INTO PropertyFields (ID, GroupID, Name, Type, Attrs, TargetID, TargetType, CreateAt, UpdateAt, DeleteAt)
SELECT id, (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = 36), ELT(n + 1, 'Title', 'Standort', 'Skills', 'Start', 'Manager', 'Team'),
  ELT(n + 1, 'text', 'select', 'multiselect', 'date', 'user', 'multiuser'),
  CASE n WHEN 1 THEN (SELECT CONCAT('{"visibility":"always","sort_order":1.0,"options":[', GROUP_CONCAT('{"id":"', id, '","name":"', ELT(n + 1, 'München', '上海', 'Remote \\"EU\\"'), '","color":"#ff0000"}' ORDER BY n), ']}') FROM sample_ids WHERE kind = 'option' AND n < 3)
    WHEN 2 THEN (SELECT CONCAT('{"options":[', GROUP_CONCAT('{"color":"","id":"', id, '","name":"', ELT(n - 2, 'Rust', 'SQL', 'Gr\\u00fc\\u00dfe'), '"}' ORDER BY n), '],"sort_order":2}') FROM sample_ids WHERE kind = 'option' AND n > 2)
    WHEN 3 THEN NULL ELSE CONCAT('{"ldap":"","saml":"","sort_order":', n, ',"visibility":"when_set"}') END,
  IF(n = 5, NULL, ''), IF(n = 5, NULL, 'user'), @start + n, @start + n, IF(n = 5, @start + 99, 0)
FROM sample_ids WHERE kind = 'role' AND n < 6;

INSERT INTO PropertyValues (ID, TargetID, TargetType, GroupID, FieldID, Value, CreateAt, UpdateAt, DeleteAt)
SELECT property.id, users.id, 'user', (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = 36),
  (SELECT id FROM sample_ids WHERE kind = 'role' AND n = property.n % 3),
  CASE property.n % 3 WHEN 0 THEN ELT(property.n % 4 + 1, '"Ärztin \\"extern\\""', '""', '"\\u6d4b\\u8bd5"', '"Engineer"')
    WHEN 1 THEN (SELECT CONCAT('"', id, '"') FROM sample_ids WHERE kind = 'option' AND n = property.n DIV 3 % 3)
    ELSE (SELECT CONCAT('["', MIN(id), '","', MAX(id), '"]') FROM sample_ids WHERE kind = 'option' AND n > 2) END,
  @start + property.n, @start + property.n, IF(property.n % 50 = 49, @start + 1, 0)
FROM sample_ids property
JOIN sample_ids users ON users.kind = 'user' AND users.n = property.n DIV 3
WHERE property.kind = 'property';

INSERT INTO AccessControlPolicies (ID, Name, Type, Active, CreateAt, Revision, Version, Data, Props)
SELECT id, ELT(n - 37, 'Nur München', 'Parent policy'), ELT(n - 37, 'channel', 'parent'), n % 2, @start, 2, 'v0.1',
  '{"rules":[{"actions":["*"],"expression":"user.attributes.Standort == \\"München\\" && true"}],"imports":[],"max":9007199254740993}', IF(n = 38, '{}', NULL)
FROM sample_ids WHERE kind = 'misc' AND n IN (38, 39);

INSERT INTO AccessControlPolicyHistory (ID, Name, Type, CreateAt, Revision, Version, Data, Props)
SELECT id, ELT(n - 37, 'Nur München', 'Parent policy'), ELT(n - 37, 'channel', 'parent'), @start - 1, 1, 'v0.1', '{"rules":[],"imports":null}', '{}'
FROM sample_ids WHERE kind = 'misc' AND n IN (38, 39);

-- Shared channels --------------------------------------------------------------------------------

INSERT INTO RemoteClusters (RemoteId, RemoteTeamId, Name, DisplayName, SiteURL, CreateAt, LastPingAt, Token, RemoteToken, Topics, CreatorId,
  PluginID, Options, DefaultTeamId, DeleteAt, LastGlobalUserSyncAt)
SELECT id, '', CONCAT('partner-', n), ELT(n + 1, 'Partner GmbH', '合作伙伴', 'Teams'), IF(n = 2, 'plugin_teams', 'https://partner.example.org'), @start, @start + 60000000000,
  (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = remotes.n), (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = remotes.n + 4), ' share sharedchannel_sync ',
  (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 0), IF(n = 2, 'com.mattermost.msteams-sync', ''), n, IF(n = 1, NULL, ''), 0, n * 5
FROM sample_ids remotes WHERE kind = 'remote';

INSERT INTO SharedChannels (ChannelId, TeamId, Home, ReadOnly, ShareName, ShareDisplayName, SharePurpose, ShareHeader, CreatorId, CreateAt, UpdateAt, RemoteId)
SELECT channels.id, teams.id, channels.n = 1, 0, CONCAT('shared-', channels.n), 'Geteilt', '', 'Kopfzeile', (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 0), @start, @start,
  IF(channels.n = 1, '', (SELECT id FROM sample_ids WHERE kind = 'remote' AND n = 0))
FROM sample_channels channels JOIN sample_ids teams ON teams.kind = 'team' AND teams.n = channels.team
WHERE channels.n IN (1, 3);

INSERT INTO SharedChannelRemotes (Id, ChannelId, CreatorId, CreateAt, UpdateAt, IsInviteAccepted, IsInviteConfirmed, RemoteId, LastPostUpdateAt,
  LastPostId, LastPostCreateAt, LastPostCreateID, DeleteAt, LastMembersSyncAt)
SELECT (SELECT id FROM sample_ids WHERE kind = 'misc' AND n = channels.n), channels.id, (SELECT id FROM sample_ids WHERE kind = 'user' AND n = 0), @start, @start, 1, channels.n = 1,
  (SELECT id FROM sample_ids WHERE kind = 'remote' AND n = 0), @start + 9, (SELECT id FROM sample_ids WHERE kind = 'post' AND n = channels.n), @start, IF(channels.n = 1, '', NULL), 0, 0
FROM sample_channels channels WHERE channels.n IN (1, 3);

INSERT INTO SharedChannelUsers (Id, UserId, RemoteId, CreateAt, LastSyncAt, ChannelId, LastMembershipSyncAt)
SELECT id, id, (SELECT id FROM sample_ids WHERE kind = 'remote' AND n = 0), @start, @start + n, (SELECT id FROM sample_channels WHERE n = 1), 0
FROM sample_ids WHERE kind = 'user' AND n % 25 = 5;

INSERT INTO SharedChannelAttachments (Id, FileId, RemoteId, CreateAt, LastSyncAt)
SELECT id, id, (SELECT id FROM sample_ids WHERE kind = 'remote' AND n = 0), @start, @start + n
FROM sample_ids WHERE kind = 'file' AND n < 3;
