//! What Mattermost and its plugins do with the values of a column.

/// Columns of JSON in which Mattermost, on PostgreSQL, changes single fields: a bare `null` makes that fail
/// (`cannot delete from scalar`) or turns it into an array.
const OBJECTS: [(&str, &str); 6] = [
    ("Users", "Props"),
    ("Users", "NotifyProps"),
    ("Users", "Timezone"),
    ("ChannelMembers", "NotifyProps"),
    ("Sessions", "Props"),
    ("Posts", "Props"),
];

/// Columns of Boards that contain objects as text on MySQL, where its migration 15 left some empty: Boards
/// decodes them as objects and does not accept NULL.
const OBJECTS_OF_BOARDS: [(&str, &str); 5] = [
    ("focalboard_blocks", "fields"),
    ("focalboard_blocks_history", "fields"),
    ("focalboard_sessions", "props"),
    ("focalboard_teams", "settings"),
    ("focalboard_users", "props"),
];

/// Columns that Mattermost decodes as a JSON list of strings (its type `StringArray`): it cannot read a row
/// with any other value except NULL.
const STRING_LISTS: [(&str, &str); 9] = [
    ("Drafts", "FileIds"),
    ("OAuthApps", "CallbackUrls"),
    ("OutgoingOAuthConnections", "Audiences"),
    ("OutgoingWebhooks", "CallbackURLs"),
    ("OutgoingWebhooks", "TriggerWords"),
    ("Posts", "FileIds"),
    ("Posts", "Filenames"),
    ("ScheduledPosts", "FileIds"),
    ("Threads", "Participants"),
];

/// Columns of text that Mattermost decodes as a whole (JSON objects, and a signed license), so that a part of
/// a value is useless.
const DECODED_WHOLE: [(&str, &str); 4] =
    [("Drafts", "Props"), ("Licenses", "Bytes"), ("ScheduledPosts", "Props"), ("Tokens", "Extra")];

/// Columns that contain words separated by spaces.
const WORDS: [(&str, &str); 5] = [
    ("ChannelMembers", "Roles"),
    ("RemoteClusters", "Topics"),
    ("Sessions", "Roles"),
    ("TeamMembers", "Roles"),
    ("Users", "Roles"),
];

/// Columns of older versions that Mattermost does not read any more, as table and column.
///
/// In `Threads` on MySQL, migrations 83 and 96 look for the column among the indexes and so never drop it;
/// the others are older than the migrations.
const LEFTOVER_COLUMNS: [(&str, &str); 5] = [
    ("Threads", "TeamId"),
    ("Threads", "DeleteAt"),
    ("SharedChannelRemotes", "Description"),
    ("SharedChannelRemotes", "NextSyncAt"),
    ("Users", "AcceptedTermsOfServiceId"),
];

/// Columns with a name by which a user or a webhook looks a row up. MySQL finds `Tech-Talk` by
/// `tech-talk`, PostgreSQL does not.
///
/// The third field is the column within whose values a name is unique.
pub const NAMES: [(&str, &str, Option<&str>); 8] = [
    ("Channels", "Name", Some("TeamId")),
    ("Teams", "Name", None),
    ("Users", "Username", None),
    ("Users", "Email", None),
    ("Emoji", "Name", None),
    ("UserGroups", "Name", None),
    ("Commands", "Trigger", Some("TeamId")),
    ("Schemes", "Name", None),
];

/// The column with the texts of messages.
pub const MESSAGES: (&str, &str) = ("Posts", "Message");

/// Columns in which a running Mattermost records the time, in milliseconds.
pub const ACTIVITY: [(&str, &str); 3] =
    [("Posts", "UpdateAt"), ("Status", "LastActivityAt"), ("ClusterDiscovery", "LastPingAt")];

/// Columns in which Mattermost and its plugins store the instants of a row, in lower case and without
/// underscores: the last change, and the creation.
pub const INSTANTS: [&str; 2] = ["updateat", "createat"];

/// The tables of webhooks and commands, which look a channel, a team or a user up by its name; each with the
/// key of its count in a report.
pub const LOOKUPS: [(&str, &str); 3] = [
    ("incoming-webhooks", "IncomingWebhooks"),
    ("outgoing-webhooks", "OutgoingWebhooks"),
    ("commands", "Commands"),
];

/// The column that is 0 in rows in use.
pub const DELETION: &str = "DeleteAt";

/// Whether Mattermost decodes a column as a JSON list of strings.
#[must_use]
pub fn is_string_list(table: &str, column: &str) -> bool {
    is_listed(&STRING_LISTS, table, column)
}

/// Whether a part of a column's text is useless to Mattermost.
#[must_use]
pub fn is_decoded_whole(table: &str, column: &str) -> bool {
    is_listed(&DECODED_WHOLE, table, column)
}

/// Whether Mattermost decodes a column as an object and changes its fields.
#[must_use]
pub fn is_object(table: &str, column: &str) -> bool {
    is_listed(&OBJECTS, table, column)
}

/// Whether an empty value of a JSON column means an empty object rather than NULL.
#[must_use]
pub fn is_object_when_empty(table: &str, column: &str) -> bool {
    is_object(table, column) || is_listed(&OBJECTS_OF_BOARDS, table, column)
}

/// Whether a column contains words separated by spaces.
#[must_use]
pub fn has_words(table: &str, column: &str) -> bool {
    is_listed(&WORDS, table, column)
}

/// Whether Mattermost does not read a column any more.
#[must_use]
pub fn is_leftover_column(table: &str, column: &str) -> bool {
    is_listed(&LEFTOVER_COLUMNS, table, column)
}

/// Whether rows are looked up by a column's names.
#[must_use]
pub fn is_name(table: &str, column: &str) -> bool {
    NAMES.iter().any(|&(of_table, name, _)| is_at((of_table, name), table, column))
}

/// Whether a column has the texts of messages.
#[must_use]
pub fn is_message(table: &str, column: &str) -> bool {
    is_at(MESSAGES, table, column)
}

fn is_listed(columns: &[(&str, &str)], table: &str, column: &str) -> bool {
    columns.iter().any(|&listed| is_at(listed, table, column))
}

/// Whether a listed table and column are these, in any letter case.
pub(super) fn is_at(listed: (&str, &str), table: &str, column: &str) -> bool {
    listed.0.eq_ignore_ascii_case(table) && listed.1.eq_ignore_ascii_case(column)
}
