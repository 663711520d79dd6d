//! The contents of a database: its applied migrations, the versions of its products, and the size of its tables.

use std::collections::{BTreeMap, BTreeSet};

use super::{Connection, Error};
use crate::mattermost::{MIGRATIONS, PLAYBOOKS_VERSION, Product};
use crate::release::MigrationSet;
use crate::schema::Catalog;
use crate::sql::Dialect;

/// The estimated size of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableSize {
    /// The rows, by the server's estimate, which can be off by half.
    pub rows: u64,
    /// The size of the rows in bytes, without indexes.
    pub bytes: u64,
}

/// The migrations that Mattermost applied, by version, as number and name; `None` if the catalog has no
/// `db_migrations` (Mattermost before 6.4).
pub async fn applied_migrations(
    connection: &mut Connection,
    source: &Catalog,
) -> Result<Option<Vec<(u32, String)>>, Error> {
    let Some(table) = source.table(MIGRATIONS) else { return Ok(None) };
    let name = Dialect::MySql.identifier(&table.name);
    let sql = format!("SELECT Version, Name FROM {name} ORDER BY Version");
    connection.query(&sql).await.map(Some)
}

/// The version of every product whose version table the source has. Playbooks has a text such as `0.64.0`; the
/// others have numbered migrations: `40` for all up to it, `1-38, 40` if some are missing.
///
/// The version of Mattermost is that of its configuration store.
pub async fn product_versions(
    connection: &mut Connection,
    source: &Catalog,
) -> Result<BTreeMap<Product, String>, Error> {
    let mut versions = BTreeMap::new();
    for product in Product::ALL {
        let Some(table) = source.table(product.version_table()) else { continue };
        let name = Dialect::MySql.identifier(&table.name);
        let version = if product == Product::Playbooks {
            let sql = format!("SELECT SValue FROM {name} WHERE SKey = '{PLAYBOOKS_VERSION}'");
            let value: Option<Option<String>> = connection.query_optional(&sql).await?;
            value.flatten().unwrap_or_default()
        } else {
            let sql = format!("SELECT CAST(Version AS UNSIGNED) FROM {name}");
            let applied: MigrationSet = connection.query(&sql).await?.into_iter().collect();
            applied.as_version()
        };
        versions.insert(product, version);
    }
    Ok(versions)
}

/// The tables of the current database among these, by their exact names, that have a row.
pub async fn tables_with_rows(
    connection: &mut Connection,
    tables: &[String],
) -> Result<BTreeSet<String>, Error> {
    let mut with_rows = BTreeSet::new();
    for table in tables {
        let sql = format!("SELECT 1 FROM {} LIMIT 1", Dialect::MySql.identifier(table));
        let row: Option<u32> = connection.query_optional(&sql).await?;
        if row.is_some() {
            with_rows.insert(table.clone());
        }
    }
    Ok(with_rows)
}

/// The estimated size of each table of the current database, by its exact name.
pub async fn table_sizes(
    connection: &mut Connection,
) -> Result<BTreeMap<String, TableSize>, Error> {
    connection.database().await?;
    let sizes: Vec<(String, Option<u64>, Option<u64>)> = connection
        .query(
            "SELECT TABLE_NAME, TABLE_ROWS, DATA_LENGTH FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')",
        )
        .await?;
    let known = |(name, rows, bytes): (String, Option<u64>, Option<u64>)| {
        let size = TableSize { rows: rows.unwrap_or_default(), bytes: bytes.unwrap_or_default() };
        (name, size)
    };
    Ok(sizes.into_iter().map(known).collect())
}
