//! Splitting a table by its primary key into ranges for several sessions.

use crate::mysql::{Connection, Error, Range, RangeKey};
use crate::schema::Table;

/// A range of fewer rows is not worth a statement.
const ROWS: u64 = 50_000;
/// The most ranges of a table.
const MOST: u64 = 1024;

/// Conditions on the primary key, of which every row meets exactly one; a single `None` if the table is
/// read in one go. `rows` is an estimate.
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
