//! What a database holds: its applied migrations, and how much is in its tables.

use std::collections::BTreeMap;

use super::{Connection, Error};
use crate::sql::Dialect;

/// The server's "no such table".
const NO_SUCH_TABLE: u16 = 1146;

/// About how much a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableSize {
    /// Its rows, by the server's estimate, which can be off by half.
    pub rows: u64,
    /// The bytes of its rows, without its indexes.
    pub bytes: u64,
}

/// The migrations that Mattermost applied, by version, as number and name; `None` where the database
/// has no `db_migrations` (Mattermost before 6.4).
pub async fn applied_migrations(
    connection: &mut Connection,
) -> Result<Option<Vec<(u32, String)>>, Error> {
    let rows = connection.query("SELECT Version, Name FROM db_migrations ORDER BY Version").await;
    none_without_table(rows)
}

/// Whether the current database has such a table or view, by the server's own rules for the case of
/// names.
pub async fn table_exists(connection: &mut Connection, name: &str) -> Result<bool, Error> {
    let table = Dialect::MySql.identifier(name);
    let probe = connection.execute(&format!("SELECT 1 FROM {table} LIMIT 0")).await;
    Ok(none_without_table(probe)?.is_some())
}

/// About how much each table of the current database holds, by its exact name.
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

fn none_without_table<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code() == Some(NO_SUCH_TABLE) => Ok(None),
        Err(error) => Err(error),
    }
}
