//! Migrations and releases that need attention: the unreleased migration, and migrations of Mattermost 10.11
//! that have other numbers in Mattermost 11 (mattermost/mattermost, pull request 36870).

/// Migration 110 existed on Mattermost's main branch only and was released as 111.
pub const UNRELEASED_MIGRATION: u32 = 110;

/// The first release of Mattermost's guide to this migration.
pub const FIRST_OF_THE_GUIDE: &str = "7.1.0";

/// Migrations of Mattermost 10.11.16 and later that have other numbers in Mattermost 11, with their names.
pub const RENUMBERED: [(u32, &str); 3] = [
    (142, "add_schemeid_to_roles"),
    (143, "backfill_roles_schemeid"),
    (144, "add_roles_schemeid_index"),
];

/// The migrations of Mattermost 11 that have these numbers.
pub const LATER_MIGRATIONS: [(u32, &str); 3] = [
    (142, "create_content_flagging_tables"),
    (143, "content_flagging_table_index"),
    (144, "add_dcr_fields_to_oauth_apps"),
];

/// Whether a release keeps its migrations in `db_migrations`: 6.4 and later do.
#[must_use]
pub fn records_migrations(version: &str) -> bool {
    let mut numbers = version.split('.').map(|digits| digits.parse::<u32>().ok());
    let number = numbers.next().flatten().zip(numbers.next().flatten());
    number.is_some_and(|number| number >= (6, 4))
}
