//! What was altered or removed.

use serde::{Deserialize, Serialize};

use super::{Cell, Columns};

/// One altered value, one removed row, or one removed part of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The table, as the server spells it.
    pub table: String,
    /// The row's primary key; empty where a whole table or column is meant.
    ///
    /// Of a table without one, all columns of the row, as they were.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub key: Columns,
    /// Why, as the ids of rules in kebab-case; the first is the first that was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What was done.
    #[serde(flatten)]
    pub action: Action,
}

/// What was done. Values are the bytes that the column holds, in its own character set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// A value was altered.
    Altered {
        /// The column.
        column: String,
        /// What it held.
        old: Cell,
        /// What was written instead, as text in UTF-8.
        new: Cell,
    },
    /// A row was deleted.
    Deleted {
        /// All its values.
        row: Columns,
    },
    /// A column was dropped. One [`Action::DroppedValue`] for each value that it held follows.
    DroppedColumn {
        /// The column.
        column: String,
        /// What stood behind its name in the table's definition.
        definition: String,
        /// The column before it; none where it was the first.
        after: Option<String>,
        /// The indexes that it was part of.
        indexes: Vec<IndexDefinition>,
        /// Whether rows without a [`Action::DroppedValue`] held NULL.
        nullable: bool,
    },
    /// A value of a dropped column.
    DroppedValue {
        /// The column.
        column: String,
        /// What it held.
        old: Cell,
    },
    /// A table was dropped. One [`Action::DroppedRow`] for each of its rows follows.
    DroppedTable {
        /// The statement that creates it.
        definition: String,
    },
    /// A row of a dropped table.
    DroppedRow {
        /// All its values.
        row: Columns,
    },
}

/// An index as the server defines it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDefinition {
    /// Its name.
    pub name: String,
    /// Its line in the table's definition: ``KEY `name` (`column`)``.
    pub definition: String,
}

fn is_empty(columns: &Columns) -> bool {
    columns.0.is_empty()
}
