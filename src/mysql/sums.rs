//! Sums over the rows of tables, which show whether a table has changed since.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Connection, Error};
use crate::schema::{Catalog, Table};
use crate::sql::Dialect::MySql;

/// The rows of a table, reduced to two numbers that do not depend on their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// How many rows the table has.
    pub rows: u64,
    /// The sum of a 32-bit checksum of each row.
    pub sum: u64,
}

/// Reads the sums of all tables of a catalog, by their exact names.
///
/// The server computes them; no row is sent, and only the right to SELECT is needed. Every table is read
/// as a whole, in the transaction that the connection is in. A table that the account may not read is left
/// out.
pub async fn table_sums(
    connection: &mut Connection,
    catalog: &Catalog,
) -> Result<BTreeMap<String, TableSum>, Error> {
    let mut sums = BTreeMap::new();
    for table in catalog.tables.values() {
        let found: Option<(u64, u64)> = match connection.query_optional(&statement(table)).await {
            Ok(found) => found,
            Err(error) if error.is_privilege_missing() => continue,
            Err(error) => return Err(error),
        };
        let (rows, sum) = found.ok_or_else(|| {
            Error::Unexpected(format!("no sum of the rows of table `{}`", table.name))
        })?;
        sums.insert(table.name.clone(), TableSum { rows, sum });
    }
    Ok(sums)
}

fn statement(table: &Table) -> String {
    // The checksum of each value by itself, so that no text exceeds `max_allowed_packet`. CRC32 of NULL
    // is NULL, which CONCAT_WS would leave out.
    let values: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("IFNULL(CRC32({}), '-')", MySql.identifier(&column.name)))
        .collect();
    format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CRC32(CONCAT_WS(',', {}))), 0) AS UNSIGNED) FROM {}",
        values.join(", "),
        MySql.identifier(&table.name)
    )
}
