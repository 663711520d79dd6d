//! The excluded tables: those that are not Mattermost's own, by their exact names on MySQL.

use std::collections::BTreeSet;

use crate::mattermost::{LEFTOVER_TABLES, MIGRATOR_TABLES};
use crate::schema::Catalog;

/// The names to exclude: bookkeeping, which the target has itself, tables that older releases and plugins
/// left over, and the tables of `others`.
///
/// pgloader compares them in MySQL, where the letter case of a table's name counts.
pub(super) fn tables(others: &[&Catalog]) -> BTreeSet<String> {
    let of_others = others.iter().flat_map(|catalog| catalog.tables.keys().cloned());
    let bookkeeping = MIGRATOR_TABLES.iter().map(|(name, _)| *name);
    let listed = bookkeeping.chain(LEFTOVER_TABLES).map(ToOwned::to_owned);
    listed.chain(of_others).collect()
}
