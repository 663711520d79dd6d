//! A column of the source beside the one that takes it on the target.

use crate::mysql::Flavour;
use crate::schema::{Catalog, Column, ColumnType, Index, Kind, Table};
use crate::sql::Dialect;

/// How JSON lies in a column of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonStorage {
    /// As MySQL's own type, which holds valid JSON only.
    Binary,
    /// As text, which may hold anything: a `MariaDB` column, or a text column of MySQL.
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
    /// What kind of server the source is.
    pub flavour: Flavour,
    /// The type it has there.
    pub source: ColumnType,
    /// The character set of its text, where it has one.
    pub character_set: Option<String>,
    /// Whether the source refuses NULL.
    pub source_not_null: bool,
    /// The type it is to have.
    pub target: ColumnType,
    /// Whether the target refuses NULL.
    pub target_not_null: bool,
    /// The labels of the target's enumerated type, where it is one.
    pub labels: Option<Vec<String>>,
    /// Whether a full-text index of the target covers it.
    pub full_text: bool,
    /// Whether a B-tree index or a key of the target holds its values.
    pub in_tree: bool,
}

impl ColumnPair {
    /// Every column that both catalogs have, table by table in the source's order.
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

    /// How JSON lies in it, where the target holds JSON.
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

    /// Whether the server hands its text over byte for byte: one that converts it writes valid UTF-8.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        self.character_set.as_ref().is_none_or(|name| name.starts_with("utf8"))
    }

    /// Whether the target holds it as `jsonb`, which refuses more than `json` does.
    #[must_use]
    pub fn is_jsonb(&self) -> bool {
        *self.target.kind() == Kind::Json { binary: true }
    }

    /// Whether both sides take NULL.
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

/// Whether a full-text index covers that column. The catalog gives such an index no columns, for it
/// covers an expression of them.
fn covers(index: &Index, column: &str) -> bool {
    let names_it = |sql: &String| {
        sql.split(|it: char| !it.is_alphanumeric() && it != '_').any(|word| word == column)
    };
    index.is_full_text() && index.definition.as_ref().is_some_and(names_it)
}

/// Whether the entries of a B-tree index hold that column's values.
fn holds(index: &Index, column: &str) -> bool {
    index.method == "btree" && index.columns.iter().any(|name| name == column)
}
