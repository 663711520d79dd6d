//! The tables that are not Mattermost's own, by the exact name they have on MySQL.

use std::collections::BTreeSet;

use crate::schema::Catalog;

/// Bookkeeping of Mattermost's migrator: the target has its own rows.
const BOOKKEEPING: [&str; 2] = ["db_migrations", "db_lock"];

/// What older releases and plugins left behind, which no schema tells.
const LEFTOVERS: [&str; 4] = [
    "schema_migrations",
    "focalboard_schema_migrations_old_temp",
    "focalboard_temp_schema_migration",
    "IR_db_migrations",
];

/// The names to exclude: what is listed here, and the tables of `others`.
///
/// pgloader compares them in MySQL, where the case of a table's name counts.
pub(super) fn tables(others: &[&Catalog]) -> BTreeSet<String> {
    let of_others = others.iter().flat_map(|catalog| catalog.tables.keys().cloned());
    let listed = BOOKKEEPING.into_iter().chain(LEFTOVERS).map(ToOwned::to_owned);
    listed.chain(of_others).collect()
}
