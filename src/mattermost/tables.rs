//! Tables of Mattermost and its plugins that a migration treats in a way of their own.

/// The table in which Mattermost records its applied migrations.
pub const MIGRATIONS: &str = "db_migrations";

/// The table with the lock of a server that migrates or runs jobs.
const LOCK: &str = "db_lock";

/// The table of Mattermost's configuration, if it is not in a file.
pub const CONFIGURATIONS: &str = "configurations";

/// The table of users: a workspace without a row in it is not in use.
pub const USERS: &str = "users";

/// The name of the row in which Playbooks records the version of its tables, as text.
pub const PLAYBOOKS_VERSION: &str = "DatabaseVersion";

/// Tables in which Mattermost and its plugins record applied migrations, and the locks that they hold
/// meanwhile: each side has its own.
const BOOKKEEPING: [&str; 8] = [
    "db_config_migrations",
    LOCK,
    MIGRATIONS,
    "db_migrations_calls",
    "focalboard_schema_migrations",
    "ir_system",
    "schema_migrations",
    "user_survey_schema_migrations",
];

/// The tables of Mattermost's own migrator, which are not copied, each with the reason.
pub const MIGRATOR_TABLES: [(&str, &str); 2] = [
    (MIGRATIONS, "written by the migrations of the target"),
    (LOCK, "the lock of a running server"),
];

/// Tables that older versions of Mattermost or a plugin left over.
///
/// `schema_migrations` is older than release 6.4; the others are intermediate steps of plugins that changed
/// their bookkeeping of migrations.
pub const LEFTOVER_TABLES: [&str; 4] = [
    "schema_migrations",
    "focalboard_schema_migrations_old_temp",
    "focalboard_temp_schema_migration",
    "IR_db_migrations",
];

/// The tables whose rows are never deleted, not even on request.
const NEVER_DELETED: [&str; 4] = ["Channels", "Posts", "Teams", "Users"];

/// Whether rows of a table are never deleted.
#[must_use]
pub fn is_never_deleted(table: &str) -> bool {
    NEVER_DELETED.iter().any(|name| name.eq_ignore_ascii_case(table))
}

/// The table of Mattermost's own migrator with that name in any letter case, with the reason why it is not
/// copied.
#[must_use]
pub fn migrator_table(table: &str) -> Option<(&'static str, &'static str)> {
    MIGRATOR_TABLES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(table))
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

#[cfg(test)]
mod tests {
    use super::is_bookkeeping;
    use crate::mattermost::Product;

    #[test]
    fn bookkeeping_is_known_in_either_side_s_case() {
        assert!(is_bookkeeping("ir_system") && is_bookkeeping("IR_System"));
        assert!(!is_bookkeeping("focalboard_system_settings"));
        assert!(Product::ALL.iter().all(|product| is_bookkeeping(product.version_table())));
    }
}
