//! Facts about Mattermost that no schema contains and only the checks need: leftover columns, columns of
//! names, messages, renumbered migrations.

/// Columns of older versions that Mattermost does not read any more, as table and column.
///
/// In `Threads` on MySQL, migrations 83 and 96 look for the column among the indexes and so never drop it;
/// the others are older than the migrations.
pub const LEFTOVER_COLUMNS: [(&str, &str); 5] = [
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

/// Migrations of late patch releases that have other numbers in Mattermost 11, with their names.
pub const RENUMBERED: [(u32, &str); 3] = [
    (142, "add_schemeid_to_roles"),
    (143, "backfill_roles_schemeid"),
    (144, "add_roles_schemeid_index"),
];

/// Whether a listed table and column are these, in any letter case.
pub(crate) fn is_named(listed: (&str, &str), table: &str, column: &str) -> bool {
    listed.0.eq_ignore_ascii_case(table) && listed.1.eq_ignore_ascii_case(column)
}
