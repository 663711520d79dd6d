//! The result of the catalog query.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::schema::{
    Catalog, Column, ColumnType, ForeignKey, ForeignKeyActions, Index, Role, Table, View,
};

/// The result of the query.
#[derive(Deserialize)]
pub(super) struct Document {
    tables: Vec<RawTable>,
    views: Vec<RawView>,
    columns: Vec<RawColumn>,
    indexes: Vec<RawIndex>,
    foreign_keys: Vec<RawForeignKey>,
    enums: BTreeMap<String, Vec<String>>,
    pub(super) constraints: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RawTable {
    name: String,
    options: Vec<String>,
}

#[derive(Deserialize)]
struct RawView {
    name: String,
    materialized: bool,
    query: String,
}

#[derive(Deserialize)]
struct RawColumn {
    table: String,
    name: String,
    data_type: String,
    not_null: bool,
    default: Option<String>,
}

#[derive(Deserialize)]
struct RawIndex {
    name: String,
    relation: String,
    constraint_type: Option<String>,
    unique: bool,
    columns: Vec<Option<String>>,
    method: String,
    definition: String,
    before_schema: String,
    schema_prefix: String,
}

#[derive(Deserialize)]
struct RawForeignKey {
    name: String,
    table: String,
    columns: Vec<String>,
    referenced_table: String,
    referenced_columns: Vec<String>,
    cascades: bool,
}

impl Document {
    /// Converts it to the terms of both sides.
    pub(super) fn into_catalog(self) -> Catalog {
        let mut catalog = Catalog { enums: self.enums, ..Catalog::default() };
        for RawTable { name, mut options } in self.tables {
            options.sort();
            let table = Table { name: name.clone(), options, ..Table::default() };
            catalog.tables.insert(name, table);
        }
        for RawView { name, materialized, query } in self.views {
            let query = query.trim().trim_end_matches(';').to_owned();
            let indexes = BTreeMap::new();
            catalog.views.insert(name.clone(), View { name, materialized, query, indexes });
        }
        for raw in self.columns {
            if let Some(table) = catalog.tables.get_mut(&raw.table) {
                table.columns.push(Column {
                    not_null: raw.not_null,
                    default: raw.default,
                    ..Column::of(raw.name, ColumnType::postgres(&raw.data_type))
                });
            }
        }
        for raw in self.indexes {
            let index = raw.into_index();
            if let Some(table) = catalog.tables.get_mut(&index.table) {
                table.indexes.insert(index.name.clone(), index);
            } else if let Some(view) = catalog.views.get_mut(&index.table) {
                view.indexes.insert(index.name.clone(), index);
            }
        }
        for raw in self.foreign_keys {
            if let Some(table) = catalog.tables.get_mut(&raw.table) {
                let key = ForeignKey {
                    name: raw.name,
                    columns: raw.columns,
                    referenced_table: raw.referenced_table,
                    referenced_columns: raw.referenced_columns,
                    cascades: raw.cascades,
                    actions: ForeignKeyActions::default(),
                };
                table.foreign_keys.insert(key.name.clone(), key);
            }
        }
        catalog
    }
}

impl RawIndex {
    fn into_index(self) -> Index {
        // Only `pg_get_indexdef` always includes the schema.
        let after = self
            .definition
            .strip_prefix(&self.before_schema)
            .and_then(|after| after.strip_prefix(&self.schema_prefix));
        let definition = match after {
            Some(after) => format!("{}{after}", self.before_schema),
            None => self.definition,
        };
        let role = match self.constraint_type.as_deref() {
            Some("p") => Role::PrimaryKey,
            Some("u") => Role::UniqueConstraint,
            _ => Role::Plain,
        };
        Index {
            name: self.name,
            table: self.relation,
            role,
            unique: self.unique,
            // One expression among the columns makes the index an index on expressions.
            columns: self.columns.into_iter().collect::<Option<_>>().unwrap_or_default(),
            method: self.method,
            parser: None,
            definition: Some(definition),
        }
    }
}
