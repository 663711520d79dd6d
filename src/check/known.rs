//! What no schema tells and only the checks have to know: leftover columns, name columns,
//! renumbered migrations.

/// Columns that Mattermost made once and reads no more, as table and column.
///
/// Of `Threads` on MySQL, migrations 83 and 96 look for the column among the indexes and so never drop
/// it; the others are older than migrations.
pub const LEFTOVER_COLUMNS: [(&str, &str); 5] = [
    ("Threads", "TeamId"),
    ("Threads", "DeleteAt"),
    ("SharedChannelRemotes", "Description"),
    ("SharedChannelRemotes", "NextSyncAt"),
    ("Users", "AcceptedTermsOfServiceId"),
];

/// Columns with a name by which somebody, or a webhook, looks a row up. MySQL finds `Tech-Talk` by
/// `tech-talk`, PostgreSQL does not.
///
/// Each with the column inside whose values a name is unique, where there is one.
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

/// Migrations of late patch releases whose numbers mean something else in Mattermost 11, with their
/// names.
pub const RENUMBERED: [(u32, &str); 3] = [
    (142, "add_schemeid_to_roles"),
    (143, "backfill_roles_schemeid"),
    (144, "add_roles_schemeid_index"),
];

/// Whether a table or a column of a list is meant, whatever the case.
pub(crate) fn is_named(listed: (&str, &str), table: &str, column: &str) -> bool {
    listed.0.eq_ignore_ascii_case(table) && listed.1.eq_ignore_ascii_case(column)
}
