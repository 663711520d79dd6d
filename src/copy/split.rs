//! Splits tables into parts.

use super::table::{TablePart, TableWork};
use crate::source::{Error, Session};

/// Splits a table that no run has started. Only a key that is neither an id nor a number has to be read.
pub(super) async fn split(
    reader: &mut Session,
    table: &mut TableWork,
    part_bytes: u64,
) -> Result<(), Error> {
    let TableWork { plan, key, size, .. } = &*table;
    let parts = reader.split_evenly(&plan.source, key, *size, part_bytes).await?;
    let numbered = (0..).zip(parts);
    table.parts =
        numbered.map(|(number, rows)| TablePart { number, rows, is_done: false }).collect();
    Ok(())
}
