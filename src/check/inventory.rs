//! The tables of the source and their disposition.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mattermost::{Product, is_bookkeeping, is_leftover, migrator_table};
use crate::models::{Models, ProductStatus};
use crate::mysql::TableSize;
use crate::schema::Catalog;

/// A table of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InventoryEntry {
    pub table: String,
    /// The product it belongs to, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    #[serde(rename = "fate")]
    pub disposition: Disposition,
    /// Why it is not copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    pub rows: u64,
    /// Whether the rows were counted; otherwise the number is the server's estimate, which can be off by half.
    pub counted: bool,
    /// The size of the rows without indexes, as the server estimates it.
    pub bytes: u64,
}

/// What the copy does with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// The rows are copied.
    Copied,
    /// A bookkeeping table, which the target has itself, or a table of a product that is not copied.
    Skipped,
    /// Unused by Mattermost.
    Leftover,
    /// Of no known product.
    Unknown,
}

/// Tables of at least this many rows are not counted.
const MANY: u64 = 200_000;

/// The size of a table, and whether its rows were counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Contents {
    pub(super) rows: u64,
    pub(super) counted: bool,
    pub(super) bytes: u64,
}

pub(super) fn entry(table: &str, models: &Models<'_>, contents: Contents) -> InventoryEntry {
    let (disposition, product, reason) = disposition(table, models);
    let Contents { rows, counted, bytes } = contents;
    InventoryEntry { table: table.to_owned(), product, disposition, reason, rows, counted, bytes }
}

/// The tables whose rows are to be counted: those that are small or not copied.
pub(super) fn counted<'a>(
    source: &'a Catalog,
    models: &Models<'_>,
    sizes: &BTreeMap<String, TableSize>,
) -> Vec<&'a str> {
    let is_small = |table: &str| sizes.get(table).copied().unwrap_or_default().rows < MANY;
    let tables = source.tables.keys().map(String::as_str);
    tables
        .filter(|table| is_small(table) || disposition(table, models).0 != Disposition::Copied)
        .collect()
}

/// Builds the inventory from the counted rows and the estimated sizes.
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

fn disposition(
    table: &str,
    models: &Models<'_>,
) -> (Disposition, Option<Product>, Option<&'static str>) {
    if let Some((_, reason)) = migrator_table(table) {
        return (Disposition::Skipped, Some(Product::Mattermost), Some(reason));
    }
    if let Some(owner) = models.owner(table) {
        let (disposition, reason) = match owner.standing {
            ProductStatus::LeftOut => (Disposition::Skipped, Some("left out by `--products`")),
            ProductStatus::Empty { .. } => {
                (Disposition::Skipped, Some("of an unknown version, without rows"))
            }
            ProductStatus::UnknownVersion { .. } => {
                (Disposition::Skipped, Some("of an unknown version"))
            }
            ProductStatus::Copied if is_bookkeeping(table) => {
                (Disposition::Skipped, Some("created with the target's tables"))
            }
            ProductStatus::Copied => (Disposition::Copied, None),
        };
        return (disposition, owner.product, reason);
    }
    if is_leftover(table) || models.past.table(table).is_some() {
        return (Disposition::Leftover, None, Some("unused table of an older version"));
    }
    if is_bookkeeping(table) {
        return (Disposition::Skipped, None, Some("the target's plugin keeps its own"));
    }
    (Disposition::Unknown, None, None)
}
