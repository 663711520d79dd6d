-- The trouble that real workspaces hold. Run it once, after workspace.sql (cleanup.sql may have run).
-- Every id that it adds begins with awk, and the rows refer to each other only.
--
-- What must be found, and fixed (of an artifact, the rows that hold a value other than NULL; json NUL
-- is the escape \u0000 in a JSON value or key, raw NUL the byte 0x00 in a text, varchar a text of more
-- characters than PostgreSQL's column takes):
--
--   finding     where                                       rows
--   artifact    table schema_migrations                        1
--   artifact    Threads.TeamId                                 2
--   artifact    Threads.DeleteAt                               2
--   artifact    SharedChannelRemotes.Description               2
--   artifact    SharedChannelRemotes.NextSyncAt                2
--   artifact    Users.AcceptedTermsOfServiceId                 2
--   json NUL    AccessControlPolicies.Data                     1
--   json NUL    AccessControlPolicies.Props                    1
--   json NUL    AccessControlPolicyHistory.Data                1
--   json NUL    AccessControlPolicyHistory.Props               1
--   json NUL    ChannelMembers.NotifyProps                     1
--   json NUL    Channels.BannerInfo                            1
--   json NUL    Jobs.Data                                      1
--   json NUL    LinkMetadata.Data                              1
--   json NUL    Posts.Props                                    5
--   json NUL    PropertyFields.Attrs                           1
--   json NUL    PropertyValues.Value                           1
--   json NUL    RecentSearches.Query                           1
--   json NUL    Sessions.Props                                 1
--   json NUL    Threads.Participants                           1
--   json NUL    Users.MfaUsedTimestamps                        1
--   json NUL    Users.NotifyProps                              1
--   json NUL    Users.Props                                    1
--   json NUL    Users.Timezone                                 1
--   json NUL    (all columns)                                 22
--   raw NUL     Channels.Purpose                               1
--   raw NUL     Drafts.Message                                 1
--   raw NUL     FileInfo.Content                               1
--   raw NUL     Posts.Message                                  2
--   raw NUL     Preferences.Value                              1
--   raw NUL     Users.Nickname                                 1
--   raw NUL     (all columns)                                  7
--   varchar     Audits.Action                                  1
--   varchar     Audits.ExtraInfo                               1
--   varchar     ChannelMembers.Roles                           1
--   varchar     Channels.Header                                1
--   varchar     Commands.IconURL                               1
--   varchar     Drafts.Props                                   1
--   varchar     FileInfo.MimeType                              1
--   varchar     FileInfo.Name                                  2
--   varchar     FileInfo.Path                                  1
--   varchar     IncomingWebhooks.Description                   1
--   varchar     LinkMetadata.URL                               1
--   varchar     OAuthApps.Homepage                             1
--   varchar     OutgoingWebhooks.CallbackURLs                  1
--   varchar     Posts.FileIds                                  1
--   varchar     Posts.Filenames                                1
--   varchar     Posts.Hashtags                                 1
--   varchar     PublicChannels.Header                          1
--   varchar     RemoteClusters.Topics                          1
--   varchar     ScheduledPosts.props                           1
--   varchar     Sessions.DeviceId                              1
--   varchar     Sessions.Roles                                 1
--   varchar     Systems.Value                                  1
--   varchar     TeamMembers.Roles                              1
--   varchar     Teams.AllowedDomains                           1
--   varchar     Tokens.Extra                                   1
--   varchar     UploadSessions.Filename                        1
--   varchar     UserGroups.Description                         1
--   varchar     Users.Roles                                    1
--   varchar     (all columns)                                 29
--
-- What must stay as it is (look-alike: the text u0000 that is no NUL; bytes only: more bytes than
-- PostgreSQL's limit, and no more characters; at limit: exactly as many characters):
--
--   look-alike  Channels.BannerInfo                            1
--   look-alike  Jobs.Data                                      1
--   look-alike  LinkMetadata.Data                              1
--   look-alike  Posts.Message                                  1
--   look-alike  Posts.Props                                    3
--   look-alike  Preferences.Value                              1
--   look-alike  PropertyValues.Value                           1
--   look-alike  Users.NotifyProps                              1
--   look-alike  Users.Props                                    1
--   look-alike  (all columns)                                 11
--   bytes only  Audits.ExtraInfo                               1
--   bytes only  Channels.Header                                1
--   bytes only  FileInfo.Name                                  4
--   bytes only  IncomingWebhooks.Description                   1
--   bytes only  LinkMetadata.URL                               1
--   bytes only  Posts.Hashtags                                 1
--   bytes only  Systems.Value                                  1
--   bytes only  UserGroups.Description                         1
--   bytes only  (all columns)                                 11
--   at limit    Sessions.DeviceId                              1
--   at limit    Teams.AllowedDomains                           1
--   at limit    (all columns)                                  2

SET NAMES utf8mb4;

-- artifact: a table of the migration library before morph
CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, dirty TINYINT(1) NOT NULL);
INSERT INTO schema_migrations (version, dirty) VALUES (79, 0);

-- The island that the rows below live on.
INSERT INTO Users (Id, CreateAt, UpdateAt, DeleteAt, Username, Password, AuthService, Email, EmailVerified, Nickname, FirstName, LastName,
  Roles, AllowMarketing, Props, NotifyProps, LastPasswordUpdate, LastPictureUpdate, FailedAttempts, Locale, MfaActive, MfaSecret, Position, Timezone, LastLogin, MfaUsedTimestamps) VALUES
  ('awkuseryyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 0, 'awkward1', '', '', 'awkward1@example.com', 1, '', 'Awkward', 'One',
    'system_user', 0,
    -- unicode, json: Users.Props, Users.NotifyProps, Users.Timezone, Users.MfaUsedTimestamps
    '{"customStatus":"{\\"text\\":\\"x\\"}\\u0000"}', '{"mention_keys":"awk\\u0000ward,one"}',
    0, 0, 0, 'en', 0, '', '', '{"automaticTimezone":"Europe/Berlin\\u0000"}', 0, '["557571\\u000000","557571"]'),
  ('awkuseryyyyyyyyyyyyyyyyyy3', 1700000000000, 1700000000000, 0, 'awkward3', '', '', 'awkward3@example.com', 1, '', 'Awkward', 'Three',
    -- varchar: Users.Roles
    CONCAT('system_user', REPEAT(' custom_role_of_the_old_days', 10)), 0, '{}', '{}', 0, 0, 0, 'en', 0, '', '', '{}', 0, NULL),
  ('awkuseryyyyyyyyyyyyyyyyyy4', 1700000000000, 1700000000000, 0, 'awkward4', '', '', 'awkward4@example.com', 1,
    -- unicode, raw: Users.Nickname
    'Nick\0name', 'Awkward', 'Four',
    -- kept: look-alikes in Users.Props, Users.NotifyProps
    'system_user', 0, '{"a":"C:\\\\u0000dir"}', '{"mention_keys":"u0000"}', 0, 0, 0, 'en', 0, '', '', '{}', 0, '[]');

INSERT INTO Teams (Id, CreateAt, UpdateAt, DeleteAt, DisplayName, Name, Description, Email, Type, CompanyName, AllowedDomains, InviteId, AllowOpenInvite, LastTeamIconUpdate) VALUES
  -- varchar: Teams.AllowedDomains
  ('awkteamyyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 0, 'Awkward', 'awkward', '', '', 'O', '', REPEAT('partner.example.com,', 51), 'awkjoinyyyyyyyyyyyyyyyyyy1', 0, 0),
  -- kept: as long as the limit allows
  ('awkteamyyyyyyyyyyyyyyyyyy3', 1700000000000, 1700000000000, 0, 'Awkward too', 'awkward-too', '', '', 'O', '', REPEAT('partner.example.com,', 50), 'awkjoinyyyyyyyyyyyyyyyyyy3', 0, 0);

INSERT INTO TeamMembers (TeamId, UserId, Roles, DeleteAt, SchemeUser, SchemeAdmin, SchemeGuest, CreateAt) VALUES
  -- varchar: TeamMembers.Roles
  ('awkteamyyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy1', REPEAT('team_role_old ', 19), 0, 1, 0, 0, 0),
  ('awkteamyyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy3', '', 0, 1, 0, 0, 0);

INSERT INTO Channels (Id, CreateAt, UpdateAt, DeleteAt, TeamId, Type, DisplayName, Name, Header, Purpose, LastPostAt, TotalMsgCount, ExtraUpdateAt, CreatorId,
  TotalMsgCountRoot, LastRootPostAt, BannerInfo) VALUES
  -- varchar: Channels.Header, and the same in PublicChannels; unicode, json: Channels.BannerInfo
  ('awkchanyyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 0, 'awkteamyyyyyyyyyyyyyyyyyy1', 'O', 'Awkward', 'awkward', CONCAT('Links: ', REPEAT('https://example.com/a | ', 60)), '', 1700000000000, 9, 0, 'awkuseryyyyyyyyyyyyyyyyyy1',
    9, 1700000000000, '{"text":"ba\\u0000nner","enabled":true,"background_color":"#ffffff"}'),
  -- kept: 1000 characters of 3 bytes; a backslash and the text u0000; unicode, raw: Channels.Purpose
  ('awkchanyyyyyyyyyyyyyyyyyy3', 1700000000000, 1700000000000, 0, 'awkteamyyyyyyyyyyyyyyyyyy1', 'P', 'Awkward too', 'awkward-too', REPEAT('说明', 500), 'pur\0pose', 1700000000000, 0, 0, 'awkuseryyyyyyyyyyyyyyyyyy1',
    0, 0, '{"text":"\\\\u0000","enabled":false}');

INSERT INTO PublicChannels (Id, DeleteAt, TeamId, DisplayName, Name, Header, Purpose)
SELECT Id, DeleteAt, TeamId, DisplayName, Name, Header, Purpose FROM Channels WHERE Id = 'awkchanyyyyyyyyyyyyyyyyyy1';

INSERT INTO ChannelMembers (ChannelId, UserId, Roles, LastViewedAt, MsgCount, MentionCount, NotifyProps, LastUpdateAt, SchemeUser, SchemeAdmin, SchemeGuest,
  MentionCountRoot, MsgCountRoot, UrgentMentionCount) VALUES
  -- unicode, json: ChannelMembers.NotifyProps
  ('awkchanyyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy1', '', 0, 0, 0, '{"desktop":"all","note":"\\u0000"}', 0, 1, 0, 0, 0, 0, 0),
  -- varchar: ChannelMembers.Roles
  ('awkchanyyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy3', REPEAT('channel_role_old ', 16), 0, 0, 0, '{}', 0, 1, 0, 0, 0, 0, 0);

-- Posts ------------------------------------------------------------------------------------------

INSERT INTO Posts (Id, CreateAt, UpdateAt, DeleteAt, UserId, ChannelId, RootId, OriginalId, Message, Type, Props, Hashtags, Filenames, FileIds, HasReactions, EditAt, IsPinned) VALUES
  -- unicode, json: in a value, in a key, nested, after an escaped backslash, several in one row
  ('awkpostyyyyyyyyyyyyyyyyyy1', 1700000000001, 1700000000001, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'NUL in a value', '', '{"title":"a\\u0000b"}', '', '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyy3', 1700000000002, 1700000000002, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'NUL in a key', '', '{"ke\\u0000y":"value","other":1.0}', '', '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyy4', 1700000000003, 1700000000003, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'NUL deep inside', '', '{"attachments":[{"fields":[{"title":"\\u0000","value":["x",{"y":"z\\u0000"}]}]}]}', '', '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyy5', 1700000000004, 1700000000004, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'NUL after an escaped backslash', '', '{"path":"C:\\\\\\u0000z"}', '', '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyy6', 1700000000005, 1700000000005, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'NUL and a look-alike in one value', '', '{"both":"\\\\u0000 \\u0000 u0000 \\\\\\\\u0000"}', '', '[]', '[]', 0, 0, 0),
  -- kept: an even number of backslashes, the plain text, other control characters
  ('awkpostyyyyyyyyyyyyyyyyyy7', 1700000000006, 1700000000006, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'two backslashes', '', '{"path":"C:\\\\u0000dir"}', '', '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyy8', 1700000000007, 1700000000007, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'four backslashes', '', '{"path":"q\\\\\\\\u0000"}', '', '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyy9', 1700000000008, 1700000000008, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'plain text', '', '{"u0000":"u0000","u00000":"\\u0001\\u001f\\u00e9"}', '', '[]', '[]', 0, 0, 0),
  -- unicode, raw: Posts.Message
  ('awkpostyyyyyyyyyyyyyyyyyya', 1700000000009, 1700000000009, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'raw \0 in the middle', '', '{}', '', '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyyb', 1700000000010, 1700000000010, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', '\0at both ends, größe\0', '', '{}', '', '[]', '[]', 0, 0, 0),
  -- kept: what looks like it, as text
  ('awkpostyyyyyyyyyyyyyyyyyyc', 1700000000011, 1700000000011, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'as text: \\u0000 \\0 \\x00 %00 ', '', '{}', '', '[]', '[]', 0, 0, 0),
  -- varchar: Posts.Hashtags, Posts.FileIds, Posts.Filenames
  ('awkpostyyyyyyyyyyyyyyyyyyd', 1700000000012, 1700000000012, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'many hashtags', '', '{}', CONCAT('#start', REPEAT(' #hashtag-größe', 70)), '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyye', 1700000000013, 1700000000013, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'many files', '', '{}', '', '[]', CONCAT('["', REPEAT('awkfieyyyyyyyyyyyyyyyyyyy1","', 10), 'awkfieyyyyyyyyyyyyyyyyyyy3"]'), 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyyf', 1700000000014, 1700000000014, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'files as they were kept long ago', '', '{}', '', CONCAT('["', REPEAT('/team/channel/user/file/picture.png","', 110), 'end"]'), '[]', 0, 0, 0),
  -- kept: 996 characters and 2330 bytes; 291 characters of ids
  ('awkpostyyyyyyyyyyyyyyyyyyg', 1700000000015, 1700000000015, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'long hashtags that fit', '', '{}', CONCAT('#标签', REPEAT(' #标签标签', 163), ' #完完完完完完完完完完完完完'), '[]', '[]', 0, 0, 0),
  ('awkpostyyyyyyyyyyyyyyyyyyh', 1700000000016, 1700000000016, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', '', 'ten files', '', '{}', '', '[]', CONCAT('["', REPEAT('awkfieyyyyyyyyyyyyyyyyyyy1","', 9), 'awkfieyyyyyyyyyyyyyyyyyyy3"]'), 0, 0, 0);

-- unicode, json: Threads.Participants
INSERT INTO Threads (PostId, ReplyCount, LastReplyAt, Participants, ChannelId, ThreadDeleteAt, ThreadTeamId) VALUES
  ('awkpostyyyyyyyyyyyyyyyyyy1', 1, 1700000000002, '["awkuseryyyyyyyyyyyyyyyyyy1\\u0000"]', 'awkchanyyyyyyyyyyyyyyyyyy1', NULL, 'awkteamyyyyyyyyyyyyyyyyyy1'),
  ('awkpostyyyyyyyyyyyyyyyyyy3', 1, 1700000000003, '["awkuseryyyyyyyyyyyyyyyyyy3"]', 'awkchanyyyyyyyyyyyyyyyyyy1', NULL, 'awkteamyyyyyyyyyyyyyyyyyy1');

INSERT INTO Drafts (CreateAt, UpdateAt, DeleteAt, UserId, ChannelId, RootId, Message, Props, FileIds, Priority) VALUES
  -- unicode, raw: Drafts.Message
  (1700000000000, 1700000000000, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', 'dra\0ft', '{}', '[]', '{}'),
  -- varchar: Drafts.Props
  (1700000000000, 1700000000000, 0, 'awkuseryyyyyyyyyyyyyyyyyy3', 'awkchanyyyyyyyyyyyyyyyyyy1', '', 'a draft', CONCAT('{"long":"', REPEAT('0123456789', 800), '"}'), '[]', '{}');

INSERT INTO ScheduledPosts (id, createat, updateat, userid, channelid, rootid, message, props, fileids, priority, scheduledat, processedat, errorcode) VALUES
  -- varchar: ScheduledPosts.props
  ('awkschedyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', '', 'later', CONCAT('{"long":"', REPEAT('0123456789', 800), '"}'), '[]', '{}', 1735689600000, 0, '');

-- Files ------------------------------------------------------------------------------------------

INSERT INTO FileInfo (Id, CreatorId, PostId, CreateAt, UpdateAt, DeleteAt, Path, ThumbnailPath, PreviewPath, Name, Extension, Size, MimeType, Width, Height, HasPreviewImage, Content, ChannelId) VALUES
  -- varchar: FileInfo.Name, in Latin and in Chinese letters
  ('awkfieyyyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyye', 1700000000000, 1700000000000, 0, 'awkward/1.pdf', '', '', CONCAT(REPEAT('name', 70), '.pdf'), 'pdf', 1, 'application/pdf', 0, 0, 0, '', 'awkchanyyyyyyyyyyyyyyyyyy1'),
  ('awkfieyyyyyyyyyyyyyyyyyyy3', 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyye', 1700000000000, 1700000000000, 0, 'awkward/3.pdf', '', '', CONCAT(REPEAT('长', 253), '.pdf'), 'pdf', 1, 'application/pdf', 0, 0, 0, '', 'awkchanyyyyyyyyyyyyyyyyyy1'),
  -- varchar: FileInfo.Path, FileInfo.MimeType
  ('awkfieyyyyyyyyyyyyyyyyyyy4', 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyye', 1700000000000, 1700000000000, 0, CONCAT('awkward/', REPEAT('path/', 101), '4.pdf'), '', '', 'path.pdf', 'pdf', 1, CONCAT('application/x-', REPEAT('odd', 81)), 0, 0, 0, '', 'awkchanyyyyyyyyyyyyyyyyyy1'),
  -- unicode, raw: FileInfo.Content
  ('awkfieyyyyyyyyyyyyyyyyyyy5', 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyye', 1700000000000, 1700000000000, 0, 'awkward/5.pdf', '', '', 'content.pdf', 'pdf', 1, 'application/pdf', 0, 0, 0, 'extracted\0text\0', 'awkchanyyyyyyyyyyyyyyyyyy1'),
  -- kept: 94 characters and 274 bytes; 135 and 265; 256 and 760; 256 and 1012
  ('awkfieyyyyyyyyyyyyyyyyyyy6', 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyyg', 1700000000000, 1700000000000, 0, 'awkward/6.pdf', '', '', CONCAT(REPEAT('报告', 45), '.pdf'), 'pdf', 1, 'application/pdf', 0, 0, 0, '', 'awkchanyyyyyyyyyyyyyyyyyy1'),
  ('awkfieyyyyyyyyyyyyyyyyyyy7', 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyyg', 1700000000000, 1700000000000, 0, 'awkward/7.docx', '', '', CONCAT(REPEAT('отчёт', 26), '.docx'), 'docx', 1, 'application/msword', 0, 0, 0, '', 'awkchanyyyyyyyyyyyyyyyyyy1'),
  ('awkfieyyyyyyyyyyyyyyyyyyy8', 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyyg', 1700000000000, 1700000000000, 0, 'awkward/8.pdf', '', '', CONCAT(REPEAT('长', 252), '.pdf'), 'pdf', 1, 'application/pdf', 0, 0, 0, '', 'awkchanyyyyyyyyyyyyyyyyyy1'),
  ('awkfieyyyyyyyyyyyyyyyyyyy9', 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyyg', 1700000000000, 1700000000000, 0, 'awkward/9.png', '', '', CONCAT(REPEAT('🎈', 252), '.png'), 'png', 1, 'image/png', 0, 0, 0, '', 'awkchanyyyyyyyyyyyyyyyyyy1');

INSERT INTO UploadSessions (Id, Type, CreateAt, UserId, ChannelId, Filename, Path, FileSize, FileOffset) VALUES
  -- varchar: UploadSessions.Filename
  ('awkupyyyyyyyyyyyyyyyyyyyy1', 'attachment', 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', CONCAT(REPEAT('name', 64), '.mp4'), 'awkward/upload', 100, 10);

-- Everything else --------------------------------------------------------------------------------

INSERT INTO Preferences (UserId, Category, Name, Value) VALUES
  -- unicode, raw: Preferences.Value
  ('awkuseryyyyyyyyyyyyyyyyyy1', 'awkward', 'raw', '\0'),
  -- kept: as text
  ('awkuseryyyyyyyyyyyyyyyyyy1', 'awkward', 'text', '\\0 \\u0000');

INSERT INTO Sessions (Id, Token, CreateAt, ExpiresAt, LastActivityAt, UserId, DeviceId, Roles, IsOAuth, Props, ExpiredNotify) VALUES
  -- unicode, json: Sessions.Props
  ('awksessyyyyyyyyyyyyyyyyyy1', 'awktokyyyyyyyyyyyyyyyyyyy1', 1700000000000, 1800000000000, 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy1', '', 'system_user', 0, '{"os":"Win\\u0000dows","browser":"x"}', 0),
  -- varchar: Sessions.DeviceId, Sessions.Roles
  ('awksessyyyyyyyyyyyyyyyyyy3', 'awktokyyyyyyyyyyyyyyyyyyy3', 1700000000000, 1800000000000, 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy1', CONCAT('android_rn-v2:', REPEAT('0123456789abcdef', 40)), 'system_user', 0, '{}', 0),
  ('awksessyyyyyyyyyyyyyyyyyy4', 'awktokyyyyyyyyyyyyyyyyyyy4', 1700000000000, 1800000000000, 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy3', '', CONCAT('system_user', REPEAT(' custom_role_of_the_old_days', 10)), 0, '{}', 0),
  -- kept: as long as the limit allows
  ('awksessyyyyyyyyyyyyyyyyyy5', 'awktokyyyyyyyyyyyyyyyyyyy5', 1700000000000, 1800000000000, 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy3', REPEAT('0123456789abcdef', 32), 'system_user', 0, '{}', 0);

INSERT INTO Audits (Id, CreateAt, UserId, Action, ExtraInfo, IpAddress, SessionId) VALUES
  -- varchar: Audits.Action, Audits.ExtraInfo
  ('awkaudyyyyyyyyyyyyyyyyyyy1', 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy1', CONCAT('/api/v4/', REPEAT('posts/', 90)), 'x', '10.1.1.1', ''),
  ('awkaudyyyyyyyyyyyyyyyyyyy3', 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy1', '/api/v4/posts', REPEAT('attempt - größe ', 65), '10.1.1.1', ''),
  -- kept: 1000 characters and 1800 bytes
  ('awkaudyyyyyyyyyyyyyyyyyyy4', 1700000000000, 'awkuseryyyyyyyyyyyyyyyyyy1', '/api/v4/posts', REPEAT('проверка: ', 100), '10.1.1.1', '');

INSERT INTO Systems (Name, Value) VALUES
  -- varchar: Systems.Value
  ('awkward_overflow', REPEAT('0123456789', 103)),
  -- kept: 1000 characters and 1800 bytes
  ('awkward_fits', REPEAT('значение, ', 100));

INSERT INTO RemoteClusters (RemoteId, RemoteTeamId, Name, DisplayName, SiteURL, CreateAt, LastPingAt, Token, RemoteToken, Topics, CreatorId) VALUES
  -- varchar: RemoteClusters.Topics
  ('awkremyyyyyyyyyyyyyyyyyyy1', '', 'awkward', 'Awkward', 'https://partner.example.com', 1700000000000, 0, '', '', CONCAT(' ', REPEAT('topic_share ', 43)), 'awkuseryyyyyyyyyyyyyyyyyy1');

INSERT INTO LinkMetadata (Hash, URL, `Timestamp`, Type, Data) VALUES
  -- varchar: LinkMetadata.URL
  (1000000000000000001, CONCAT('https://example.com/?q=', REPEAT('0123456789', 204)), 1700000000000, 'opengraph', '{}'),
  -- unicode, json: LinkMetadata.Data
  (1000000000000000003, 'https://example.com/nul', 1700000000000, 'opengraph', '{"title":"T\\u0000itle","images":[{"url":"\\u0000"}]}'),
  -- kept: 2020 characters and more bytes; a look-alike
  (1000000000000000004, CONCAT('https://example.com/', REPEAT('größe/путь', 200)), 1700000000000, 'opengraph', '{"title":"\\\\u0000"}');

INSERT INTO Commands (Id, Token, CreateAt, UpdateAt, DeleteAt, CreatorId, TeamId, `Trigger`, Method, Username, IconURL, AutoComplete, AutoCompleteDesc, AutoCompleteHint, DisplayName, Description, URL, PluginId) VALUES
  -- varchar: Commands.IconURL
  ('awkcmdyyyyyyyyyyyyyyyyyyy1', 'awktokyyyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkteamyyyyyyyyyyyyyyyyyy1', 'awkward', 'P', '', CONCAT('data:image/png;base64,', REPEAT('iVBORw0KGg', 120)), 0, '', '', '', '', 'https://example.com', '');

INSERT INTO IncomingWebhooks (Id, CreateAt, UpdateAt, DeleteAt, UserId, ChannelId, TeamId, DisplayName, Description, Username, IconURL, ChannelLocked) VALUES
  -- varchar: IncomingWebhooks.Description
  ('awkhookyyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', 'awkteamyyyyyyyyyyyyyyyyyy1', 'awkward', REPEAT('ä very long description ', 21), '', '', 0),
  -- kept: 500 characters and 900 bytes
  ('awkhookyyyyyyyyyyyyyyyyyy3', 1700000000000, 1700000000000, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', 'awkteamyyyyyyyyyyyyyyyyyy1', 'awkward', REPEAT('описание. ', 50), '', '', 0);

INSERT INTO OutgoingWebhooks (Id, Token, CreateAt, UpdateAt, DeleteAt, CreatorId, ChannelId, TeamId, TriggerWords, CallbackURLs, DisplayName, ContentType, TriggerWhen, Username, IconURL, Description) VALUES
  -- varchar: OutgoingWebhooks.CallbackURLs
  ('awkoutyyyyyyyyyyyyyyyyyyy1', 'awktokyyyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 0, 'awkuseryyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', 'awkteamyyyyyyyyyyyyyyyyyy1', '[]', CONCAT('["', REPEAT('https://example.com/hook","', 40), 'https://example.com"]'), 'awkward', '', 0, '', '', '');

INSERT INTO OAuthApps (Id, CreatorId, CreateAt, UpdateAt, ClientSecret, Name, Description, CallbackUrls, Homepage, IsTrusted, IconURL) VALUES
  -- varchar: OAuthApps.Homepage
  ('awkappyyyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, '', 'awkward', '', '[]', CONCAT('https://example.com/', REPEAT('0123456789', 24)), 0, '');

INSERT INTO UserGroups (Id, Name, DisplayName, Description, Source, RemoteId, CreateAt, UpdateAt, DeleteAt, AllowReference) VALUES
  -- varchar: UserGroups.Description
  ('awkgrpyyyyyyyyyyyyyyyyyyy1', 'awkward', 'Awkward', REPEAT('长说明', 342), 'custom', NULL, 1700000000000, 1700000000000, 0, 0),
  -- kept: 1023 characters and 3069 bytes
  ('awkgrpyyyyyyyyyyyyyyyyyyy3', 'awkward-too', 'Awkward too', REPEAT('长说明', 341), 'custom', NULL, 1700000000000, 1700000000000, 0, 0);

INSERT INTO Tokens (Token, CreateAt, Type, Extra) VALUES
  -- varchar: Tokens.Extra
  ('awkward-token-1', 1700000000000, 'team_invitation', CONCAT('{"channels":"', REPEAT('awkchanyyyyyyyyyyyyyyyyyy1 ', 76), '"}'));

INSERT INTO Jobs (Id, Type, Priority, CreateAt, StartAt, LastActivityAt, Status, Progress, Data) VALUES
  -- unicode, json: Jobs.Data
  ('awkjobyyyyyyyyyyyyyyyyyyy1', 'import_process', 0, 1700000000000, 1700000000000, 1700000000000, 'error', 0, '{"error":"file name C:\\\\tmp\\\\a\\u0000b","line_number":"17"}'),
  -- kept: two backslashes
  ('awkjobyyyyyyyyyyyyyyyyyyy3', 'import_process', 0, 1700000000000, 1700000000000, 1700000000000, 'error', 0, '{"error":"file name C:\\\\u0000"}');

INSERT INTO RecentSearches (UserId, SearchPointer, Query, CreateAt) VALUES
  -- unicode, json: RecentSearches.Query
  ('awkuseryyyyyyyyyyyyyyyyyy1', 1, '{"terms":"\\u0000","page":0}', 1700000000000);

INSERT INTO PropertyFields (ID, GroupID, Name, Type, Attrs, TargetID, TargetType, CreateAt, UpdateAt, DeleteAt) VALUES
  -- unicode, json: PropertyFields.Attrs
  ('awkfiedyyyyyyyyyyyyyyyyyy1', 'awkpgrpyyyyyyyyyyyyyyyyyy1', 'Awkward', 'text', '{"visibility":"hid\\u0000den"}', '', 'user', 1700000000000, 1700000000000, 0);

INSERT INTO PropertyValues (ID, TargetID, TargetType, GroupID, FieldID, Value, CreateAt, UpdateAt, DeleteAt) VALUES
  -- unicode, json: PropertyValues.Value
  ('awkpropyyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy1', 'user', 'awkpgrpyyyyyyyyyyyyyyyyyy1', 'awkfiedyyyyyyyyyyyyyyyyyy1', '"Awk\\u0000ward"', 1700000000000, 1700000000000, 0),
  -- kept: two backslashes
  ('awkpropyyyyyyyyyyyyyyyyyy3', 'awkuseryyyyyyyyyyyyyyyyyy3', 'user', 'awkpgrpyyyyyyyyyyyyyyyyyy1', 'awkfiedyyyyyyyyyyyyyyyyyy1', '"Awk\\\\u0000ward"', 1700000000000, 1700000000000, 0);

INSERT INTO PropertyGroups (ID, Name) VALUES ('awkpgrpyyyyyyyyyyyyyyyyyy1', 'awkward');

-- unicode, json: AccessControlPolicies.Data, .Props, and the same in AccessControlPolicyHistory
INSERT INTO AccessControlPolicies (ID, Name, Type, Active, CreateAt, Revision, Version, Data, Props) VALUES
  ('awkpoyyyyyyyyyyyyyyyyyyyy1', 'awkward', 'channel', 0, 1700000000000, 1, 'v0.1', '{"rules":[{"expression":"a == \\"\\u0000\\""}]}', '{"x\\u0000":[1.0,1]}');

INSERT INTO AccessControlPolicyHistory (ID, Name, Type, CreateAt, Revision, Version, Data, Props)
SELECT ID, Name, Type, CreateAt, Revision, Version, Data, Props FROM AccessControlPolicies WHERE ID = 'awkpoyyyyyyyyyyyyyyyyyyyy1';

-- artifact: columns of early builds, and one of an old terms-of-service model, each with two values
ALTER TABLE Threads ADD COLUMN TeamId VARCHAR(26), ADD COLUMN DeleteAt BIGINT;
UPDATE Threads SET TeamId = ThreadTeamId, DeleteAt = 0 WHERE PostId IN ('awkpostyyyyyyyyyyyyyyyyyy1', 'awkpostyyyyyyyyyyyyyyyyyy3');

ALTER TABLE SharedChannelRemotes ADD COLUMN Description VARCHAR(64), ADD COLUMN NextSyncAt BIGINT;
INSERT INTO SharedChannelRemotes (Id, ChannelId, CreatorId, CreateAt, UpdateAt, IsInviteAccepted, IsInviteConfirmed, RemoteId, Description, NextSyncAt) VALUES
  ('awkshryyyyyyyyyyyyyyyyyyy1', 'awkchanyyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 1, 1, 'awkremyyyyyyyyyyyyyyyyyyy1', 'Partner', 1700000000001),
  ('awkshryyyyyyyyyyyyyyyyyyy3', 'awkchanyyyyyyyyyyyyyyyyyy3', 'awkuseryyyyyyyyyyyyyyyyyy1', 1700000000000, 1700000000000, 1, 0, 'awkremyyyyyyyyyyyyyyyyyyy1', '', 0);

ALTER TABLE Users ADD COLUMN AcceptedTermsOfServiceId VARCHAR(26);
UPDATE Users SET AcceptedTermsOfServiceId = IF(Id = 'awkuseryyyyyyyyyyyyyyyyyy1', 'awktosyyyyyyyyyyyyyyyyyyy1', '') WHERE Id IN ('awkuseryyyyyyyyyyyyyyyyyy1', 'awkuseryyyyyyyyyyyyyyyyyy3');
