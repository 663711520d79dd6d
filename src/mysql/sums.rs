//! Sums over the rows of tables, which show whether a table has changed since.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Connection, Error, Range, RangeKey, TableSize, table_sizes};
use crate::schema::{Catalog, Column, Kind, Table};
use crate::sql::Dialect::MySql;

/// The rows of a table, reduced to two numbers that do not depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema, Deserialize)]
pub struct TableSum {
    /// How many rows the table has.
    pub rows: u64,
    /// The sum of a 32-bit checksum of each row.
    pub sum: u64,
}

impl TableSum {
    /// Whether a [`RowSummer`] computes what the server would: the server's checksum of each value is that of
    /// the bytes that it sends.
    #[must_use]
    pub fn is_computed_from_cells(table: &Table) -> bool {
        table.columns.iter().all(|column| match column.data_type.kind() {
            // The server reads the bytes of the column's character set, and sends those of the session's.
            Kind::Text(_) | Kind::Enumeration(_) => has_utf8_bytes(column),
            Kind::Boolean
            | Kind::Integer { .. }
            | Kind::Decimal
            | Kind::Binary
            | Kind::Json { .. }
            | Kind::Timestamp { .. }
            | Kind::Date => true,
            Kind::Float | Kind::Named(_) | Kind::Array(_) | Kind::Other => false,
        })
    }

    /// Adds the rows of another part of the table.
    pub fn add(&mut self, part: Self) {
        self.rows += part.rows;
        self.sum += part.sum;
    }
}

/// Computes the sum of a table from the rows that are read.
#[derive(Debug, Default)]
pub struct RowSummer {
    sum: TableSum,
    /// The checksums of a row's values.
    checksums: Vec<u8>,
}

impl RowSummer {
    /// Adds a row: the cells of all columns in the order of the catalog, in the form of the text protocol.
    pub fn add_row<'c>(&mut self, cells: impl Iterator<Item = Option<&'c [u8]>>) {
        self.checksums.clear();
        for cell in cells {
            match cell {
                None => self.checksums.extend_from_slice(NULL.as_bytes()),
                // The most frequent values.
                Some(b"") => self.checksums.push(b'0'),
                Some(b"0") => self.checksums.extend_from_slice(OF_ZERO),
                Some(cell) => {
                    let mut digits = itoa::Buffer::new();
                    let checksum = digits.format(crc32fast::hash(cell));
                    self.checksums.extend_from_slice(checksum.as_bytes());
                }
            }
            self.checksums.extend_from_slice(SEPARATOR.as_bytes());
        }
        // There is none after the last.
        self.checksums.truncate(self.checksums.len().saturating_sub(SEPARATOR.len()));
        self.sum.add(TableSum { rows: 1, sum: crc32fast::hash(&self.checksums).into() });
    }

    /// The sum of the rows that were added.
    #[must_use]
    pub fn sum(&self) -> TableSum {
        self.sum
    }
}

/// The checksum of the text `0`.
const OF_ZERO: &[u8] = b"4108050209";
/// Separates the checksums of a row's values.
const SEPARATOR: &str = ",";
/// What the checksum of NULL is replaced by.
const NULL: &str = "-";

fn has_utf8_bytes(column: &Column) -> bool {
    matches!(column.character_set.as_deref(), Some("utf8mb4" | "utf8mb3" | "utf8" | "ascii"))
}

/// Reads the sums of all tables of a catalog, by their exact names.
///
/// The server computes them; no row is sent, and only the privilege SELECT is needed. Every table is read as a
/// whole, in the transaction of the connection. A table that the account cannot read is left out.
pub async fn table_sums(
    connection: &mut Connection,
    catalog: &Catalog,
) -> Result<BTreeMap<String, TableSum>, Error> {
    let sizes = table_sizes(connection).await?;
    let mut sums = BTreeMap::new();
    for table in catalog.tables.values() {
        let size = sizes.get(&table.name).copied().unwrap_or_default();
        match sum_table(connection, table, size, PART_BYTES).await {
            Ok(sum) => drop(sums.insert(table.name.clone(), sum)),
            Err(error) if error.is_privilege_missing() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sums)
}

/// About how much one statement reads: some seconds of work.
const PART_BYTES: u64 = 256 * 1024 * 1024;
/// The most parts of a table.
const MOST: u64 = 1024;

/// The sum of a table, read in parts of about so many bytes.
pub async fn sum_table(
    connection: &mut Connection,
    table: &Table,
    size: TableSize,
    part_bytes: u64,
) -> Result<TableSum, Error> {
    let key = RangeKey::of(table);
    let parts = (size.bytes / part_bytes.max(1)).clamp(1, MOST);
    let bounds = match key.bounds(connection, parts).await? {
        Some(bounds) => bounds,
        None if key.columns().is_empty() => Vec::new(),
        None => key.probe(connection, (size.rows / parts).max(1), parts).await?,
    };
    let mut whole = TableSum::default();
    for range in Range::between(&bounds) {
        let statement = statement(table, key.condition(&range).as_deref());
        let (rows, sum): (u64, u64) = connection.query_one(&statement).await?;
        whole.add(TableSum { rows, sum });
    }
    Ok(whole)
}

fn statement(table: &Table, condition: Option<&str>) -> String {
    // The checksum of each value by itself, so that no text exceeds `max_allowed_packet`. CRC32 of NULL
    // is NULL, which CONCAT_WS would leave out.
    let values: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("IFNULL(CRC32({}), '{NULL}')", MySql.identifier(&column.name)))
        .collect();
    format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CRC32(CONCAT_WS('{SEPARATOR}', {}))), 0) AS UNSIGNED) FROM {}{}",
        values.join(", "),
        MySql.identifier(&table.name),
        condition.map(|condition| format!(" WHERE {condition}")).unwrap_or_default()
    )
}
