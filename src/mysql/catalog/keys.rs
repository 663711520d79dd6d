//! Indexes and foreign keys.

use std::collections::HashSet;

use crate::ddl::full_text_parsers;
use crate::mysql::{Connection, Error};
use crate::schema::{Catalog, ForeignKey, ForeignKeyAction, ForeignKeyActions, Index, Role, Table};
use crate::sql::Dialect;

/// Table, index, whether duplicates are allowed, column, length of its prefix, method.
type IndexPart = (String, String, bool, Option<String>, Option<u64>, String);

/// Table, key, column, referenced table, referenced column.
type ForeignKeyPart = (String, String, String, String, String);

pub(super) async fn read_indexes(
    connection: &mut Connection,
    catalog: &mut Catalog,
) -> Result<(), Error> {
    let parts: Vec<IndexPart> = connection
        .query(
            "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, INDEX_TYPE \
             FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() \
             ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
        )
        .await?;
    let mut with_expressions = HashSet::new();
    for (table_name, name, repeats, column, prefix, method) in parts {
        let Some(table) = catalog.tables.get_mut(&table_name) else { continue };
        let index = table.indexes.entry(name.clone()).or_insert_with(|| Index {
            role: role(&name, repeats),
            name: name.clone(),
            table: table_name.clone(),
            unique: !repeats,
            columns: Vec::new(),
            method: method.to_lowercase(),
            parser: None,
            definition: None,
        });
        match (column, prefix) {
            (Some(column), Some(length)) => index.columns.push(format!("{column}({length})")),
            (Some(column), None) => index.columns.push(column),
            (None, _) => drop(with_expressions.insert((table_name, name))),
        }
    }
    for (table, index) in with_expressions {
        let table = catalog.tables.get_mut(&table);
        if let Some(index) = table.and_then(|table| table.indexes.get_mut(&index)) {
            index.columns.clear();
        }
    }
    Ok(())
}

/// Reads the parsers of full-text indexes, which appear only in the definitions of tables.
pub(super) async fn read_parsers(
    connection: &mut Connection,
    catalog: &mut Catalog,
) -> Result<(), Error> {
    let has_full_text =
        |table: &&mut Table| table.indexes.values().any(|it| it.method == "fulltext");
    for table in catalog.tables.values_mut().filter(has_full_text) {
        let sql = format!("SHOW CREATE TABLE {}", Dialect::MySql.identifier(&table.name));
        let shown: Option<(String, String)> = connection.query_optional(&sql).await?;
        for (index, parser) in shown.iter().flat_map(|(_, it)| full_text_parsers(it)) {
            if let Some(index) = table.indexes.get_mut(&index) {
                index.parser = Some(parser);
            }
        }
    }
    Ok(())
}

/// MySQL does not distinguish a unique index from a unique constraint.
fn role(name: &str, repeats: bool) -> Role {
    match (name, repeats) {
        ("PRIMARY", _) => Role::PrimaryKey,
        (_, false) => Role::UniqueConstraint,
        (_, true) => Role::Plain,
    }
}

pub(super) async fn read_foreign_keys(
    connection: &mut Connection,
    catalog: &mut Catalog,
) -> Result<(), Error> {
    let parts: Vec<ForeignKeyPart> = connection
        .query(
            "SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, \
                    REFERENCED_COLUMN_NAME \
             FROM information_schema.KEY_COLUMN_USAGE \
             WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL \
             ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
        )
        .await?;
    for (table_name, name, column, referenced_table, referenced_column) in parts {
        let Some(table) = catalog.tables.get_mut(&table_name) else { continue };
        let key = table.foreign_keys.entry(name.clone()).or_insert_with(|| ForeignKey {
            name,
            columns: Vec::new(),
            referenced_table,
            referenced_columns: Vec::new(),
            cascades: false,
            actions: ForeignKeyActions::default(),
        });
        key.columns.push(column);
        key.referenced_columns.push(referenced_column);
    }
    for table in catalog.tables.values_mut().filter(|table| !table.foreign_keys.is_empty()) {
        read_actions(connection, table).await?;
    }
    Ok(())
}

/// Reads the actions of foreign keys from the table's definition: `REFERENTIAL_CONSTRAINTS` is empty on
/// `MariaDB` for an account with SELECT only.
async fn read_actions(connection: &mut Connection, table: &mut Table) -> Result<(), Error> {
    let sql = format!("SHOW CREATE TABLE {}", Dialect::MySql.identifier(&table.name));
    let definition: Option<(String, String)> = connection.query_optional(&sql).await?;
    let (_, definition) = definition.unwrap_or_default();
    for key in table.foreign_keys.values_mut() {
        let opening = format!("CONSTRAINT {} FOREIGN KEY", Dialect::MySql.identifier(&key.name));
        let line = definition.lines().find(|line| line.trim_start().starts_with(&opening));
        let action = |event: &str| {
            let does = |action: &str| {
                line.is_some_and(|line| line.contains(&format!(" ON {event} {action}")))
            };
            match (does("CASCADE"), does("SET NULL")) {
                (true, _) => ForeignKeyAction::Cascade,
                (false, true) => ForeignKeyAction::SetNull,
                (false, false) => ForeignKeyAction::None,
            }
        };
        key.actions =
            ForeignKeyActions { on_delete: action("DELETE"), on_update: action("UPDATE") };
        key.cascades = key.actions.on_delete == ForeignKeyAction::Cascade;
    }
    Ok(())
}
