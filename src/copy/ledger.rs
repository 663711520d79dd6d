//! What earlier runs have left: the schema `migration_assist` of the target.
//!
//! A part's row is marked in the transaction that writes the part, and an index's row goes in the
//! transaction that builds the index. So whatever ends a run, and whenever, the ledger tells the truth.

use std::collections::BTreeMap;

use super::{CopyCounts, Definition, Stage};
use crate::mysql::{Bound, Range};
use crate::postgres::{Connection, Error, Row};
use crate::source::Part;

/// What stands before an offset in a dump, to tell it from a key.
const BYTE: char = '@';
/// The tables of the ledger.
pub(super) const TABLES: &str = include_str!("ledger.sql");

/// What the ledger says about one schema of the target.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    /// The source of the rows.
    pub source: Option<String>,
    /// Where the source was when the first run began.
    pub position: Option<String>,
    /// The tables that a run has begun with.
    pub tables: BTreeMap<String, TableEntry>,
    /// The definitions that are absent.
    pub removed: Vec<Definition>,
}

/// A table that a run has begun with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableEntry {
    /// Whether the table was dropped since, and another has its name.
    pub replaced: bool,
    /// Its parts.
    pub chunks: Vec<ChunkEntry>,
    /// What ended the last run, if this table did.
    pub failure: Option<String>,
}

/// A part of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChunkEntry {
    /// Its number, from 0.
    pub number: i32,
    /// Which rows it has.
    pub part: Part,
    /// What happened to its rows, once they are there.
    pub done: Option<CopyCounts>,
}

impl TableEntry {
    /// Whether all of its rows have been copied.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.replaced && self.chunks.iter().all(|chunk| chunk.done.is_some())
    }

    /// Whether the table is as the ledger says, as far as can be seen: one with rows is not empty.
    #[must_use]
    pub fn still_holds(&self, has_rows: bool) -> bool {
        !self.replaced && (has_rows || self.tally().rows_written == 0)
    }

    /// What happened to its rows so far.
    #[must_use]
    pub fn tally(&self) -> CopyCounts {
        let mut sum = CopyCounts::default();
        self.chunks.iter().filter_map(|chunk| chunk.done.as_ref()).for_each(|it| sum.add(it));
        sum
    }
}

/// Reads what the ledger says about a schema; nothing where there is no ledger.
pub(super) async fn read(connection: &Connection, schema: &str) -> Result<Ledger, Error> {
    let there = "SELECT to_regclass('migration_assist.removed_definitions') IS NOT NULL";
    if !connection.query_one(there, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(Ledger::default());
    }
    let statement = "SELECT source, source_position FROM migration_assist.copies
        WHERE target_schema = $1";
    let copy = connection.query_opt(statement, &[&schema]).await?;
    let mut ledger = Ledger::default();
    if let Some(row) = copy {
        ledger.source = row.try_get(0)?;
        ledger.position = row.try_get(1)?;
    }
    let statement = "SELECT it.table_name, it.failure, now.oid IS DISTINCT FROM it.table_oid
        FROM migration_assist.copied_tables AS it
        LEFT JOIN pg_catalog.pg_namespace AS schema ON schema.nspname = it.target_schema
        LEFT JOIN pg_catalog.pg_class AS now
            ON now.relnamespace = schema.oid AND now.relname = it.table_name
        WHERE it.target_schema = $1";
    for row in connection.query(statement, &[&schema]).await? {
        let entry =
            TableEntry { failure: row.try_get(1)?, replaced: row.try_get(2)?, chunks: Vec::new() };
        ledger.tables.insert(row.try_get(0)?, entry);
    }
    let statement = "SELECT table_name, chunk, lower_bound, upper_bound, finished, rows_read,
            rows_written, rows_quarantined, bytes, seconds, changes::text
        FROM migration_assist.copied_chunks WHERE target_schema = $1 ORDER BY table_name, chunk";
    for row in connection.query(statement, &[&schema]).await? {
        if let Some(entry) = ledger.tables.get_mut(row.try_get::<_, &str>(0)?) {
            entry.chunks.push(read_chunk(&row)?);
        }
    }
    let statement = "SELECT table_name, name, stage, statement
        FROM migration_assist.removed_definitions WHERE target_schema = $1 ORDER BY removed_at, name";
    for row in connection.query(statement, &[&schema]).await? {
        let stage = Stage::of_id(row.try_get(2)?).ok_or_else(unreadable)?;
        let (table, name, statement) = (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
        ledger.removed.push(Definition { table, name, stage, statement });
    }
    Ok(ledger)
}

fn read_chunk(row: &Row) -> Result<ChunkEntry, Error> {
    let count = |place: usize| -> Result<u64, Error> {
        u64::try_from(row.try_get::<_, i64>(place)?).map_err(|_| unreadable())
    };
    let part = read_part(row.try_get(2)?, row.try_get(3)?)?;
    let tally = CopyCounts {
        rows_read: count(5)?,
        rows_written: count(6)?,
        rows_quarantined: count(7)?,
        bytes: count(8)?,
        seconds: row.try_get(9)?,
        changes: serde_json::from_str(row.try_get(10)?).map_err(|_| unreadable())?,
    };
    let done = row.try_get::<_, bool>(4)?.then_some(tally);
    Ok(ChunkEntry { number: row.try_get(1)?, part, done })
}

fn unreadable() -> Error {
    Error::Unexpected { what: "the schema `migration_assist` is of another version".into() }
}

/// The bounds of a part as they stand in the ledger, the lower and the upper one.
pub(super) fn write_part(part: &Part) -> [Option<String>; 2] {
    match part {
        Part::Keys(range) => [&range.lower, &range.upper].map(|it| it.as_ref().map(write_bound)),
        Part::Bytes(bytes) => [bytes.start, bytes.end].map(|it| Some(format!("{BYTE}{it}"))),
    }
}

fn read_part(lower: Option<&str>, upper: Option<&str>) -> Result<Part, Error> {
    if let [Some(start), Some(end)] = [lower, upper].map(|it| it?.strip_prefix(BYTE)) {
        let number = |digits: &str| digits.parse().map_err(|_| unreadable());
        return Ok(Part::Bytes(number(start)?..number(end)?));
    }
    let bound = |text: Option<&str>| text.map(read_bound).transpose();
    Ok(Part::Keys(Range { lower: bound(lower)?, upper: bound(upper)? }))
}

/// A bound of keys: hexadecimal values apart by commas, since PostgreSQL's text does not take every key
/// of MySQL.
fn write_bound(bound: &Bound) -> String {
    let values: Vec<_> = bound.iter().map(hex::encode).collect();
    values.join(",")
}

fn read_bound(text: &str) -> Result<Bound, Error> {
    text.split(',').map(|digits| hex::decode(digits).map_err(|_| unreadable())).collect()
}

/// Marks a table as what ended the run.
pub(super) async fn record_failure(
    connection: &Connection,
    schema: &str,
    table: &str,
    failure: &str,
) -> Result<(), Error> {
    let statement = "UPDATE migration_assist.copied_tables SET failure = $3
        WHERE target_schema = $1 AND table_name = $2";
    connection.execute(statement, &[&schema, &table, &failure]).await?;
    Ok(())
}

/// Locks a part's row until the end of the transaction; whether the part is still to be copied.
///
/// A transaction of an earlier run that the server has not ended yet is waited for.
pub(super) async fn claim_chunk(
    connection: &Connection,
    schema: &str,
    table: &str,
    chunk: i32,
) -> Result<bool, Error> {
    let statement = "SELECT NOT finished FROM migration_assist.copied_chunks
        WHERE target_schema = $1 AND table_name = $2 AND chunk = $3 FOR UPDATE";
    let row = connection.query_opt(statement, &[&schema, &table, &chunk]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(false))
}

/// Marks a part as copied.
pub(super) async fn finish_chunk(
    connection: &Connection,
    schema: &str,
    table: &str,
    chunk: i32,
    tally: &CopyCounts,
) -> Result<(), Error> {
    let statement = "UPDATE migration_assist.copied_chunks SET finished = true, rows_read = $4,
            rows_written = $5, rows_quarantined = $6, bytes = $7, seconds = $8,
            changes = $9::text::jsonb
        WHERE target_schema = $1 AND table_name = $2 AND chunk = $3";
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let changes = serde_json::to_string(&tally.changes).unwrap_or_else(|_| "{}".to_owned());
    connection
        .execute(
            statement,
            &[
                &schema,
                &table,
                &chunk,
                &number(tally.rows_read),
                &number(tally.rows_written),
                &number(tally.rows_quarantined),
                &number(tally.bytes),
                &tally.seconds,
                &changes,
            ],
        )
        .await?;
    Ok(())
}

/// Takes a definition out of the ledger, in the transaction that puts it back; `false` where it was
/// out already.
pub(super) async fn forget_definition(
    connection: &Connection,
    schema: &str,
    definition: &Definition,
) -> Result<bool, Error> {
    let statement = "DELETE FROM migration_assist.removed_definitions
        WHERE target_schema = $1 AND table_name = $2 AND name = $3";
    let gone =
        connection.execute(statement, &[&schema, &definition.table, &definition.name]).await?;
    Ok(gone > 0)
}

#[cfg(test)]
mod tests {
    use super::{Part, Range, read_part, write_part};

    #[test]
    fn parts_are_read_back() {
        let bounds = [vec![b"a".to_vec()], vec![vec![0, 255], b"-7".to_vec()], vec![vec![]]];
        let mut parts: Vec<Part> = Range::between(&bounds).into_iter().map(Part::Keys).collect();
        parts.extend([Part::Bytes(0..0), Part::Bytes(7..u64::MAX), Part::default()]);
        for part in parts {
            let [lower, upper] = write_part(&part);
            assert_eq!(read_part(lower.as_deref(), upper.as_deref()).unwrap(), part);
        }
    }
}
