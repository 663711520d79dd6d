//! Facts about Mattermost's tables that no schema contains and several modules need.

/// Tables in which Mattermost and its plugins record applied migrations, and the locks that they hold
/// meanwhile: each side has its own.
pub const BOOKKEEPING: [&str; 8] = [
    "db_config_migrations",
    "db_lock",
    "db_migrations",
    "db_migrations_calls",
    "focalboard_schema_migrations",
    "ir_system",
    "schema_migrations",
    "user_survey_schema_migrations",
];

/// The tables of Mattermost's own migrator, which are not copied, each with the reason.
pub const MIGRATOR_TABLES: [(&str, &str); 2] = [
    ("db_migrations", "written by the migrations of the target"),
    ("db_lock", "the lock of a running server"),
];

/// Tables that older versions of Mattermost or a plugin left over.
///
/// `schema_migrations` is older than release 6.4; the other two are intermediate steps of Boards when it
/// changed its bookkeeping of migrations.
pub const LEFTOVER_TABLES: [&str; 4] = [
    "schema_migrations",
    "focalboard_schema_migrations_old_temp",
    "focalboard_temp_schema_migration",
    "IR_db_migrations",
];

/// The names of the rows that the migrations 54 and 55 write to `systems`.
pub const SEEDS: [&str; 2] =
    ["CRTChannelMembershipCountsMigrationComplete", "CRTThreadCountsAndUnreadsMigrationComplete"];

/// Columns of JSON in which Mattermost, on PostgreSQL, changes single fields: a bare `null` makes that fail
/// (`cannot delete from scalar`) or turns it into an array.
pub const OBJECTS: [(&str, &str); 6] = [
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
pub const STRING_LISTS: [(&str, &str); 9] = [
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
pub const DECODED_WHOLE: [(&str, &str); 4] =
    [("Drafts", "Props"), ("Licenses", "Bytes"), ("ScheduledPosts", "Props"), ("Tokens", "Extra")];

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

/// Whether each side has its own table of that name, in any letter case.
#[must_use]
pub fn is_bookkeeping(table: &str) -> bool {
    BOOKKEEPING.iter().any(|name| name.eq_ignore_ascii_case(table))
}

/// Tables in which a plugin records its own upgrade steps, even without data.
const PLUGIN_STATE: [&str; 1] = ["focalboard_system_settings"];

/// Whether a table contains only the state of a plugin's upgrades.
#[must_use]
pub fn is_plugin_state(table: &str) -> bool {
    PLUGIN_STATE.iter().any(|name| name.eq_ignore_ascii_case(table))
}

/// Whether an older version of Mattermost or a plugin left a table of that name over.
#[must_use]
pub fn is_leftover(table: &str) -> bool {
    LEFTOVER_TABLES.iter().any(|name| name.eq_ignore_ascii_case(table))
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

fn is_listed(columns: &[(&str, &str)], table: &str, column: &str) -> bool {
    columns.iter().any(|(of_table, name)| {
        of_table.eq_ignore_ascii_case(table) && name.eq_ignore_ascii_case(column)
    })
}

#[cfg(test)]
mod tests {
    use super::is_bookkeeping;
    use crate::schema::Product;

    #[test]
    fn bookkeeping_is_known_in_either_side_s_case() {
        assert!(is_bookkeeping("ir_system") && is_bookkeeping("IR_System"));
        assert!(!is_bookkeeping("focalboard_system_settings"));
        assert!(Product::ALL.iter().all(|product| is_bookkeeping(product.version_table())));
    }
}
