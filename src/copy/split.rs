//! Splits tables into parts.

use super::table::{TablePart, TableWork};
use crate::mysql::{Connection, Error, Range};
use crate::source::{Part, Session};

/// The most parts of a table; parts may differ in size.
const MOST: u64 = 8192;

/// Splits a table that no run has started. Only a key that is neither an id nor a number has to be read.
pub(super) async fn split(
    reader: &mut Session,
    table: &mut TableWork,
    part_bytes: u64,
) -> Result<(), Error> {
    let parts = match reader {
        Session::Server(reader) => ranges(reader, table, part_bytes).await?,
        Session::Dump(dump, _) => dump.parts(&table.plan.source, part_bytes),
    };
    let numbered = (0..).zip(parts);
    table.parts =
        numbered.map(|(number, rows)| TablePart { number, rows, is_done: false }).collect();
    Ok(())
}

async fn ranges(
    reader: &mut Connection,
    table: &TableWork,
    part_bytes: u64,
) -> Result<Vec<Part>, Error> {
    let parts = table.size.bytes.div_ceil(part_bytes.max(1)).clamp(1, MOST);
    let bounds = match table.key.bounds(reader, parts).await? {
        Some(bounds) => bounds,
        None => table.key.probe(reader, (table.size.rows / parts).max(1), MOST).await?,
    };
    Ok(Range::between(&bounds).into_iter().map(Part::Keys).collect())
}
