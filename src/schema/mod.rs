//! What a database's catalog says: tables, columns, keys and indexes, in the same words for both
//! sides.

mod column_type;
mod known;
mod product;

use std::collections::BTreeMap;

use serde::Serialize;

pub use column_type::{ColumnType, Kind, Limit};
pub use known::{
    BOOKKEEPING, DECODED_WHOLE, LEFTOVER_TABLES, MIGRATOR_TABLES, OBJECTS, SEEDS, STRING_LISTS,
    is_bookkeeping, is_decoded_whole, is_leftover, is_object, is_object_when_empty,
    is_plugin_state, is_string_list,
};
pub use product::{Product, UnknownProduct};

/// A schema as one server holds it, or as the migrations define it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Catalog {
    /// Base tables by their exact name.
    pub tables: BTreeMap<String, Table>,
    /// Enumerated types of PostgreSQL, each with its labels in order.
    pub enums: BTreeMap<String, Vec<String>>,
    /// Views and materialized views by their exact name.
    pub views: BTreeMap<String, View>,
}

/// A catalog without any object.
pub static EMPTY_CATALOG: Catalog =
    Catalog { tables: BTreeMap::new(), enums: BTreeMap::new(), views: BTreeMap::new() };

impl Catalog {
    /// The table of that name, whatever its case: Mattermost spells a table `Posts` on MySQL and
    /// `posts` on PostgreSQL.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables
            .get(name)
            .or_else(|| self.tables.values().find(|table| table.name.eq_ignore_ascii_case(name)))
    }

    /// The names of tables that differ only by case, one list for each such name.
    #[must_use]
    pub fn table_collisions(&self) -> Vec<Vec<&str>> {
        let mut by_name: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for name in self.tables.keys() {
            by_name.entry(name.to_lowercase()).or_default().push(name);
        }
        by_name.into_values().filter(|names| names.len() > 1).collect()
    }

    /// Every index of every table and materialized view, in the order of the tables' names.
    pub fn indexes(&self) -> impl Iterator<Item = &Index> {
        let of_tables = self.tables.values().flat_map(|table| table.indexes.values());
        let of_views = self.views.values().flat_map(|view| view.indexes.values());
        of_tables.chain(of_views)
    }
}

/// A base table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Table {
    /// Its exact name.
    pub name: String,
    /// Its columns in their order.
    pub columns: Vec<Column>,
    /// Its indexes by their exact name, those that back a primary key or a unique constraint included.
    pub indexes: BTreeMap<String, Index>,
    /// Its foreign keys by their exact name.
    pub foreign_keys: BTreeMap<String, ForeignKey>,
    /// PostgreSQL's storage parameters, as `autovacuum_vacuum_scale_factor=0.1`, sorted.
    pub options: Vec<String>,
}

impl Table {
    /// The column of that name, whatever its case.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The columns of the primary key in the key's order; empty where there is none.
    #[must_use]
    pub fn primary_key(&self) -> &[String] {
        self.indexes
            .values()
            .find(|index| index.role == Role::PrimaryKey)
            .map_or(&[], |index| &index.columns)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its exact name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub data_type: ColumnType,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// Its default: on PostgreSQL an expression, on MySQL the value.
    pub default: Option<String>,
    /// MySQL's character set of a text column, where it was read from a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character_set: Option<String>,
    /// MySQL's collation of a text column, where it was read from a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Whether the server computes its values: a generated column, or the invisible primary key that
    /// MySQL adds to a table without one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub generated: bool,
}

impl Column {
    /// A column of that type that takes NULL and has no default.
    #[must_use]
    pub fn of(name: impl Into<String>, data_type: ColumnType) -> Self {
        Self {
            name: name.into(),
            data_type,
            not_null: false,
            default: None,
            character_set: None,
            collation: None,
            generated: false,
        }
    }
}

/// What an index stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It backs the primary key.
    PrimaryKey,
    /// It backs a unique constraint.
    UniqueConstraint,
    /// It only speeds up look-ups, or refuses duplicates without a constraint.
    Plain,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Its exact name; `PRIMARY` for MySQL's primary keys.
    pub name: String,
    /// The table or materialized view it belongs to.
    pub table: String,
    /// What it stands for.
    pub role: Role,
    /// Whether it refuses duplicates.
    pub unique: bool,
    /// Its columns in order; empty where it covers an expression.
    pub columns: Vec<String>,
    /// The access method, in lower case: `btree`, `gin`, `fulltext`.
    pub method: String,
    /// The parser of a full-text index of MySQL: `ngram`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parser: Option<String>,
    /// A statement that creates it on PostgreSQL, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
}

impl Index {
    /// What it covers, as SQL: its columns or its expression.
    #[must_use]
    pub fn expression(&self) -> Option<&str> {
        let definition = self.definition.as_deref()?;
        let (open, close) = (definition.find('(')?, definition.rfind(')')?);
        definition.get(open + 1..close)
    }

    /// Whether it serves PostgreSQL's full-text search.
    #[must_use]
    pub fn is_full_text(&self) -> bool {
        self.method == "gin"
            && self.definition.as_ref().is_some_and(|sql| sql.contains("to_tsvector"))
    }
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForeignKey {
    /// Its exact name.
    pub name: String,
    /// The referencing columns in order.
    pub columns: Vec<String>,
    /// The table it refers to.
    pub referenced_table: String,
    /// The referenced columns in order.
    pub referenced_columns: Vec<String>,
    /// Whether deleting the referenced row deletes the referencing one.
    pub cascades: bool,
}

/// A view or a materialized view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    /// Its exact name.
    pub name: String,
    /// Whether it stores its rows.
    pub materialized: bool,
    /// Its query.
    pub query: String,
    /// The indexes of a materialized view by their exact name.
    pub indexes: BTreeMap<String, Index>,
}
