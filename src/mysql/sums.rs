//! Sums over the rows of tables, which show whether a table has changed since.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Connection, Error, Range, RangeKey, TableSize, table_sizes};
use crate::schema::{Catalog, Column, Kind, Limit, Table};
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
    /// The values of a row, each in the form of its column.
    values: Vec<u8>,
}

/// How the value of a column enters the sum of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SumForm {
    /// As it is: an integer.
    Digits,
    /// After its length: a short text.
    ShortText,
    /// As its 32-bit checksum, so that no row exceeds `max_allowed_packet`.
    Checksum,
}

impl SumForm {
    /// The form of a column's values.
    #[must_use]
    pub fn of(column: &Column) -> Self {
        match column.data_type.kind() {
            Kind::Boolean | Kind::Integer { .. } => Self::Digits,
            Kind::Text(Limit::Characters(limit)) if *limit <= SHORT_TEXT => Self::ShortText,
            _ => Self::Checksum,
        }
    }

    /// The value of a column in this form, as an expression.
    fn expression(self, column: &str) -> String {
        let name = MySql.identifier(column);
        let value = match self {
            Self::Digits => name,
            // As bytes, because columns may have different collations.
            Self::ShortText => format!("CONCAT(LENGTH({name}), ':', CAST({name} AS BINARY))"),
            Self::Checksum => format!("CRC32({name})"),
        };
        format!("IFNULL({value}, '{NULL}')")
    }

    /// Appends what the server computes for the cell.
    fn write(self, cell: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Digits => out.extend_from_slice(cell),
            Self::ShortText => {
                out.extend_from_slice(itoa::Buffer::new().format(cell.len()).as_bytes());
                out.push(b':');
                out.extend_from_slice(cell);
            }
            Self::Checksum => {
                let checksum = crc32fast::hash(cell);
                out.extend_from_slice(itoa::Buffer::new().format(checksum).as_bytes());
            }
        }
    }
}

impl RowSummer {
    /// Adds a row: the cells of all columns in the order of the catalog, in the form of the text protocol, each with
    /// the form of its column.
    pub fn add_row<'c>(&mut self, cells: impl Iterator<Item = (SumForm, Option<&'c [u8]>)>) {
        self.values.clear();
        for (form, cell) in cells {
            match cell {
                None => self.values.extend_from_slice(NULL.as_bytes()),
                Some(cell) => form.write(cell, &mut self.values),
            }
            self.values.extend_from_slice(SEPARATOR.as_bytes());
        }
        // There is none after the last.
        self.values.truncate(self.values.len().saturating_sub(SEPARATOR.len()));
        self.sum.add(TableSum { rows: 1, sum: crc32fast::hash(&self.values).into() });
    }

    /// The sum of the rows that were added.
    #[must_use]
    pub fn sum(&self) -> TableSum {
        self.sum
    }
}

/// The longest text, in characters, of which a row's sum contains the bytes.
const SHORT_TEXT: u64 = 64;
/// Separates the values of a row.
const SEPARATOR: &str = ",";
/// What stands for NULL.
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
    // CONCAT_WS would leave out NULL.
    let values: Vec<String> =
        table.columns.iter().map(|column| SumForm::of(column).expression(&column.name)).collect();
    format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CRC32(CONCAT_WS('{SEPARATOR}', {}))), 0) AS UNSIGNED) FROM {}{}",
        values.join(", "),
        MySql.identifier(&table.name),
        condition.map(|condition| format!(" WHERE {condition}")).unwrap_or_default()
    )
}
