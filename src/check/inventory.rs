//! Every table of the source, and what becomes of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::models::{Models, ProductStatus};
use crate::mysql::TableSize;
use crate::schema::{Catalog, MIGRATOR_TABLES, Product, is_bookkeeping, is_leftover};

/// A table of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InventoryEntry {
    /// Its exact name.
    pub table: String,
    /// The product it belongs to, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// What becomes of it.
    pub fate: Disposition,
    /// Why it is not copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Its rows.
    pub rows: u64,
    /// Whether they were counted; otherwise the server estimates them, and can be off by half.
    pub counted: bool,
    /// The bytes of its rows, without indexes, as the server estimates them.
    pub bytes: u64,
}

/// What becomes of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Its rows are copied.
    Copied,
    /// It is bookkeeping, which the target gets anew, or its product stays behind.
    Skipped,
    /// Nobody reads it any more.
    Leftover,
    /// No product known here has it.
    Unknown,
}

/// From this many rows on a table is not counted.
const MANY: u64 = 200_000;

/// How much a table holds, and whether its rows were counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Contents {
    pub(super) rows: u64,
    pub(super) counted: bool,
    pub(super) bytes: u64,
}

/// A table's entry.
pub(super) fn entry(table: &str, models: &Models<'_>, contents: Contents) -> InventoryEntry {
    let (fate, product, reason) = fate(table, models);
    let Contents { rows, counted, bytes } = contents;
    InventoryEntry { table: table.to_owned(), product, fate, reason, rows, counted, bytes }
}

/// The tables whose rows are to be counted: those that are small or stay behind.
pub(super) fn counted<'a>(
    source: &'a Catalog,
    models: &Models<'_>,
    sizes: &BTreeMap<String, TableSize>,
) -> Vec<&'a str> {
    let is_small = |table: &str| sizes.get(table).copied().unwrap_or_default().rows < MANY;
    let tables = source.tables.keys().map(String::as_str);
    tables.filter(|table| is_small(table) || fate(table, models).0 != Disposition::Copied).collect()
}

/// Sorts the tables, with the counts of those that were counted and the sizes of all.
pub(super) fn take(
    source: &Catalog,
    models: &Models<'_>,
    sizes: &BTreeMap<String, TableSize>,
    counts: &BTreeMap<String, u64>,
) -> Vec<InventoryEntry> {
    let entry = |table: &str| {
        let TableSize { rows, bytes } = sizes.get(table).copied().unwrap_or_default();
        let count = counts.get(table).copied();
        let contents = Contents { rows: count.unwrap_or(rows), counted: count.is_some(), bytes };
        entry(table, models, contents)
    };
    source.tables.keys().map(String::as_str).map(entry).collect()
}

fn fate(table: &str, models: &Models<'_>) -> (Disposition, Option<Product>, Option<&'static str>) {
    let mut migrators = MIGRATOR_TABLES.iter();
    if let Some((_, reason)) = migrators.find(|(name, _)| name.eq_ignore_ascii_case(table)) {
        return (Disposition::Skipped, Some(Product::Mattermost), Some(reason));
    }
    if let Some(owner) = models.owner(table) {
        let (fate, reason) = match owner.standing {
            ProductStatus::LeftOut => (Disposition::Skipped, Some("left out by `--products`")),
            ProductStatus::Empty { .. } => {
                (Disposition::Skipped, Some("of a version that is not known, and without rows"))
            }
            ProductStatus::UnknownVersion { .. } => {
                (Disposition::Skipped, Some("of a version not known here"))
            }
            ProductStatus::Copied if is_bookkeeping(table) => {
                (Disposition::Skipped, Some("written with the target's tables"))
            }
            ProductStatus::Copied => (Disposition::Copied, None),
        };
        return (fate, owner.product, reason);
    }
    if is_leftover(table) || models.past.table(table).is_some() {
        return (Disposition::Leftover, None, Some("unused table of an older version"));
    }
    if is_bookkeeping(table) {
        return (Disposition::Skipped, None, Some("the target's plugin keeps its own"));
    }
    (Disposition::Unknown, None, None)
}
