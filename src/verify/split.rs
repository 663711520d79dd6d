//! Splits tables into parts: the source by its keys, the target by its blocks.

use super::table::TableWork;
use crate::postgres::{self, Server};
use crate::source::{self, Session};
use crate::sql::Dialect::Postgres;

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

/// Splits the target.
pub(super) async fn split_target(
    reader: &postgres::Connection,
    schema: &str,
    table: &mut TableWork,
    part_bytes: u64,
) -> Result<(), postgres::Error> {
    if reader.server() < READS_BLOCKS {
        return Ok(());
    }
    let name = Postgres.qualified(schema, &table.plan.target);
    let row = reader.query_one("SELECT pg_relation_size($1::text::regclass)", &[&name]).await?;
    let bytes = u64::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0);
    let blocks = bytes / BLOCK;
    let parts = bytes.div_ceil(part_bytes.max(1)).clamp(1, MOST).min(blocks.max(1));
    table.blocks = (0..parts).map(|part| blocks * part / parts).collect();
    Ok(())
}
