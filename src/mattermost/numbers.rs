//! Migrations that have one number in Mattermost 10.11 and another one in Mattermost 11
//! (mattermost/mattermost, pull request 36870).

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
