//! Splits tables into parts: the source by its keys, the target by its blocks.

use std::collections::BTreeMap;

use super::table::TableWork;
use crate::postgres::{self, Server};
use crate::source::{self, Session};

/// The most parts of a table of the target.
const MOST: u64 = 1024;
/// The size of a block of the target; another size only affects the size of parts.
const BLOCK: u64 = 8192;
/// From this version on, the server can scan a range of blocks (`TidRangeScan`).
const READS_BLOCKS: Server = Server::new(140_000);

/// Splits the source. Parts may differ in size.
pub(super) async fn split_source(
    reader: &mut Session,
    table: &mut TableWork,
    part_bytes: u64,
) -> Result<(), source::Error> {
    let bytes = table.size.bytes;
    table.parts = reader.split(&table.plan.source, &table.range_key, bytes, part_bytes).await?;
    Ok(())
}

/// Splits the target, whose main fork of the table has that many bytes.
pub(super) fn split_target(table: &mut TableWork, bytes: u64, part_bytes: u64) {
    let blocks = bytes / BLOCK;
    let parts = bytes.div_ceil(part_bytes.max(1)).clamp(1, MOST).min(blocks.max(1));
    table.blocks = (0..parts).map(|part| blocks * part / parts).collect();
}

/// The bytes of those of the tables that can be read in parts on the target, by their names there.
pub(super) async fn divisible(
    reader: &postgres::Connection,
    schema: &str,
    tables: &[TableWork],
) -> Result<BTreeMap<String, u64>, postgres::Error> {
    if reader.server() < READS_BLOCKS {
        return Ok(BTreeMap::new());
    }
    let names: Vec<&str> = tables.iter().map(|table| table.plan.target.as_str()).collect();
    postgres::main_fork_bytes(reader, schema, &names).await
}
