//! A change or removal.

use serde::{Deserialize, Serialize};

use super::{Cell, Columns};

/// A changed value, a removed row, or a removed part of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The table, as the server spells it.
    pub table: String,
    /// The row's primary key; empty for a whole table or column.
    ///
    /// For a table without one, the original values of all columns.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub key: Columns,
    /// The ids of the rules that were the reason, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    #[serde(flatten)]
    pub action: Action,
}

/// A change or removal. Values are the bytes of the column, in its own character set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// A value was changed.
    Altered {
        column: String,
        /// The original value.
        old: Cell,
        /// The new value, as text in UTF-8.
        new: Cell,
    },
    /// A value of a dump was copied unchanged, in which characters had been lost before.
    LostCharacters { column: String, value: Cell },
    /// A row was deleted.
    Deleted {
        /// All values of the row.
        row: Columns,
    },
    /// A column was dropped. One [`Action::DroppedValue`] for each of its values follows.
    DroppedColumn {
        column: String,
        /// The column's definition after its name.
        definition: String,
        /// The column before it; `None` for the first column.
        after: Option<String>,
        /// The indexes that contained it.
        indexes: Vec<IndexDefinition>,
        /// Whether rows without a [`Action::DroppedValue`] had NULL.
        nullable: bool,
    },
    /// A value of a dropped column.
    DroppedValue {
        column: String,
        /// The original value.
        old: Cell,
    },
    /// A table was dropped. One [`Action::DroppedRow`] for each of its rows follows.
    DroppedTable {
        /// The statement that creates it.
        definition: String,
    },
    /// A row of a dropped table.
    DroppedRow {
        /// All values of the row.
        row: Columns,
    },
}

/// An index as the server defines it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDefinition {
    pub name: String,
    /// The line in the table's definition, such as ``KEY `name` (`column`)``.
    pub definition: String,
}

fn is_empty(columns: &Columns) -> bool {
    columns.0.is_empty()
}
