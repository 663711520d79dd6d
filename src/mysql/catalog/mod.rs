//! The catalog of the current database, as `information_schema` shows it to an account with `SELECT` only.

mod columns;
mod default;
mod keys;

use super::{Connection, Error};
use crate::schema::{Catalog, Table, View};

/// Reads the tables and views of the current database.
///
/// Types, defaults and indexes are in MySQL's terms for `MariaDB` too: a `longtext` with the check
/// `json_valid` is `json`. A view's query is empty if the account cannot see it.
pub async fn read_catalog(connection: &mut Connection) -> Result<Catalog, Error> {
    connection.database().await?;
    let mut catalog = Catalog::default();
    read_tables(connection, &mut catalog).await?;
    columns::read(connection, &mut catalog).await?;
    keys::read_indexes(connection, &mut catalog).await?;
    keys::read_parsers(connection, &mut catalog).await?;
    keys::read_foreign_keys(connection, &mut catalog).await?;
    Ok(catalog)
}

async fn read_tables(connection: &mut Connection, catalog: &mut Catalog) -> Result<(), Error> {
    let listed: Vec<(String, String)> = connection
        .query(
            "SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE()",
        )
        .await?;
    for (name, kind) in listed {
        // `SYSTEM VERSIONED` is a table with its history (MariaDB).
        if kind == "BASE TABLE" || kind == "SYSTEM VERSIONED" {
            catalog.tables.insert(name.clone(), Table { name, ..Table::default() });
        }
    }
    let views: Vec<(String, Option<String>)> = connection
        .query(
            "SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS \
             WHERE TABLE_SCHEMA = DATABASE()",
        )
        .await?;
    for (name, query) in views {
        let view = View {
            name: name.clone(),
            materialized: false,
            query: query.unwrap_or_default(),
            indexes: std::collections::BTreeMap::new(),
        };
        catalog.views.insert(name, view);
    }
    Ok(())
}
