//! Splitting a table by its primary key, so that several scans can share it.

use crate::mysql::{Connection, Error, Range, RangeKey};
use crate::schema::Table;

/// A range is not worth a statement below this many rows.
const ROWS: u64 = 50_000;
/// No table is split into more ranges than this.
const MOST: u64 = 1024;

/// Conditions on the primary key that together hold of every row, each of one; a single `None` where
/// the table is read in one go. `rows` is about how many it has.
pub(super) async fn ranges(
    connection: &mut Connection,
    table: &Table,
    rows: u64,
) -> Result<Vec<Option<String>>, Error> {
    let key = RangeKey::of(table);
    let bounds = key.bounds(connection, (rows / ROWS).clamp(1, MOST)).await?;
    let ranges = Range::between(&bounds.unwrap_or_default());
    Ok(ranges.iter().map(|range| key.condition(range)).collect())
}
