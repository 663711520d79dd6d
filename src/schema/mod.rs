//! The catalog of a database: tables, columns, keys and indexes, in the same terms for both sides.

mod column_type;
mod full_text;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

pub use column_type::{ColumnType, Kind, Limit};
pub use full_text::{
    MIGRATIONS_CONFIGURATION, PHRASE_INDEX, configuration_of, estimate_phrase_index, phrase_index,
    with_configuration,
};

/// A schema as a server has it, or as the migrations define it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
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
    /// The table of that name in any letter case: Mattermost uses `Posts` on MySQL and `posts` on PostgreSQL.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables
            .get(name)
            .or_else(|| self.tables.values().find(|table| table.name.eq_ignore_ascii_case(name)))
    }

    /// Groups of table names that differ only by case.
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Its indexes by their exact name, including those that back a primary key or a unique constraint.
    pub indexes: BTreeMap<String, Index>,
    /// Its foreign keys by their exact name.
    pub foreign_keys: BTreeMap<String, ForeignKey>,
    /// PostgreSQL's storage parameters, as `autovacuum_vacuum_scale_factor=0.1`, sorted.
    pub options: Vec<String>,
}

impl Table {
    /// The column of that name in any letter case.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The columns by which each row can be found: the primary key, or a unique key of all rows without NULL;
    /// empty if there is none.
    #[must_use]
    pub fn row_key(&self) -> &[String] {
        let primary = self.primary_key();
        if !primary.is_empty() {
            return primary;
        }
        let is_complete = |index: &&Index| {
            let not_null = |name: &String| self.column(name).is_some_and(|column| column.not_null);
            index.unique
                && !index.columns.is_empty()
                && index.columns.iter().all(not_null)
                // An index of some rows only.
                && !index.definition.as_deref().is_some_and(|sql| sql.contains(" WHERE "))
        };
        self.indexes.values().find(is_complete).map_or(&[], |index| &index.columns)
    }

    /// The columns of the primary key in the key's order; empty without a primary key.
    #[must_use]
    pub fn primary_key(&self) -> &[String] {
        self.indexes
            .values()
            .find(|index| index.role == Role::PrimaryKey)
            .map_or(&[], |index| &index.columns)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: ColumnType,
    pub not_null: bool,
    /// The default: an expression on PostgreSQL, the value on MySQL.
    pub default: Option<String>,
    /// MySQL's character set of a text column, if it was read from a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character_set: Option<String>,
    /// MySQL's collation of a text column, if it was read from a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Whether the server computes its values: a generated column, or the invisible primary key that MySQL
    /// adds to a table without one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub generated: bool,
}

impl Column {
    /// A nullable column of that type without a default.
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

/// The purpose of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It backs the primary key.
    PrimaryKey,
    /// It backs a unique constraint.
    UniqueConstraint,
    /// It only speeds up queries, or prevents duplicates without a constraint.
    Plain,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Index {
    /// The exact name; `PRIMARY` for MySQL's primary keys.
    pub name: String,
    /// The table or materialized view.
    pub table: String,
    pub role: Role,
    /// Whether it prevents duplicates.
    pub unique: bool,
    /// The columns in order; empty for an expression.
    pub columns: Vec<String>,
    /// The access method, in lower case: `btree`, `gin`, `fulltext`.
    pub method: String,
    /// The parser of a full-text index of MySQL, such as `ngram`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parser: Option<String>,
    /// The statement that creates it on PostgreSQL, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
}

impl Index {
    /// The indexed columns or expression, in SQL.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ForeignKey {
    pub name: String,
    /// The referencing columns in order.
    pub columns: Vec<String>,
    pub referenced_table: String,
    /// The referenced columns in order.
    pub referenced_columns: Vec<String>,
    /// Whether deleting the referenced row deletes the referencing one.
    pub cascades: bool,
    /// What the server of a source does to referencing rows by itself.
    #[serde(skip)]
    pub actions: ForeignKeyActions,
}

/// What happens to a referencing row when the referenced one changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ForeignKeyActions {
    /// When it is deleted.
    pub on_delete: ForeignKeyAction,
    /// When the referenced columns change.
    pub on_update: ForeignKeyAction,
}

/// An action of a foreign key on referencing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForeignKeyAction {
    /// None: the change is refused while there are any.
    #[default]
    None,
    /// They are deleted, or get the new values.
    Cascade,
    /// Their columns become NULL.
    SetNull,
}

impl ForeignKeyActions {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// A view or a materialized view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct View {
    pub name: String,
    /// Whether it stores its rows.
    pub materialized: bool,
    pub query: String,
    /// The indexes of a materialized view by their exact name.
    pub indexes: BTreeMap<String, Index>,
}
