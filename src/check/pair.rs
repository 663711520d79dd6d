//! A column of the source and its counterpart on the target.

use crate::mysql::Flavour;
use crate::schema::{Catalog, Column, ColumnType, Index, Kind, Table};
use crate::sql::Dialect;

/// How a column of the source stores JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonStorage {
    /// In MySQL's type, which contains valid JSON only.
    Binary,
    /// As text, which may be invalid: a `MariaDB` column, or a text column of MySQL.
    Text,
}

/// A column of the live source and the target's column of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the column")]
pub struct ColumnPair {
    /// The table, as the source spells it.
    pub table: String,
    /// The column, as the source spells it.
    pub column: String,
    pub flavour: Flavour,
    pub source: ColumnType,
    /// The character set of its text.
    pub character_set: Option<String>,
    /// Whether the source's column is NOT NULL.
    pub source_not_null: bool,
    pub target: ColumnType,
    /// Whether the target's column is NOT NULL.
    pub target_not_null: bool,
    /// The labels of the target's enumerated type, if it is one.
    pub labels: Option<Vec<String>>,
    /// Whether a full-text index of the target covers it.
    pub full_text: bool,
    /// Whether a B-tree index or a key of the target contains its values.
    pub in_tree: bool,
}

impl ColumnPair {
    /// Every column that both catalogs have, by table in the source's order.
    #[must_use]
    pub fn all(flavour: Flavour, source: &Catalog, target: &Catalog) -> Vec<Self> {
        let mut pairs = Vec::new();
        for table in source.tables.values() {
            let Some(counterpart) = target.table(&table.name) else { continue };
            pairs.extend(Self::of_table(flavour, table, counterpart, target));
        }
        pairs
    }

    /// Every column that both tables have; `target` is the catalog of `counterpart`.
    pub(super) fn of_table(
        flavour: Flavour,
        table: &Table,
        counterpart: &Table,
        target: &Catalog,
    ) -> Vec<Self> {
        let pair = |column: &Column| {
            let taker = counterpart.column(&column.name)?;
            let labels = match taker.data_type.kind() {
                Kind::Named(name) => target.enums.get(name).cloned(),
                _ => None,
            };
            Some(Self {
                table: table.name.clone(),
                column: column.name.clone(),
                flavour,
                source: column.data_type.clone(),
                character_set: column.character_set.clone(),
                source_not_null: column.not_null,
                target: taker.data_type.clone(),
                target_not_null: taker.not_null,
                labels,
                full_text: counterpart.indexes.values().any(|index| covers(index, &taker.name)),
                in_tree: counterpart.indexes.values().any(|index| holds(index, &taker.name)),
            })
        };
        table.columns.iter().filter_map(pair).collect()
    }

    /// How the source stores JSON, if the target's column is JSON.
    #[must_use]
    pub fn json(&self) -> Option<JsonStorage> {
        if !self.target.is_json() {
            return None;
        }
        match (self.flavour, self.source.kind()) {
            (Flavour::MySql, Kind::Json { .. }) => Some(JsonStorage::Binary),
            (_, Kind::Json { .. } | Kind::Text(_) | Kind::Binary) => Some(JsonStorage::Text),
            _ => None,
        }
    }

    /// Whether the server sends its text byte for byte; a server that converts text sends valid UTF-8.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        self.character_set.as_ref().is_none_or(|name| name.starts_with("utf8"))
    }

    /// Whether the target's type is `jsonb`, which rejects more than `json` does.
    #[must_use]
    pub fn is_jsonb(&self) -> bool {
        *self.target.kind() == Kind::Json { binary: true }
    }

    /// Whether the column is nullable on both sides.
    #[must_use]
    pub fn takes_null(&self) -> bool {
        !self.source_not_null && !self.target_not_null
    }

    /// The column, quoted.
    #[must_use]
    pub fn sql(&self) -> String {
        Dialect::MySql.identifier(&self.column)
    }
}

/// Whether a full-text index covers that column. The catalog gives such an index no columns, because it
/// covers an expression.
fn covers(index: &Index, column: &str) -> bool {
    let names_it = |sql: &String| {
        sql.split(|it: char| !it.is_alphanumeric() && it != '_').any(|word| word == column)
    };
    index.is_full_text() && index.definition.as_ref().is_some_and(names_it)
}

/// Whether the entries of a B-tree index contain that column's values.
fn holds(index: &Index, column: &str) -> bool {
    index.method == "btree" && index.columns.iter().any(|name| name == column)
}
