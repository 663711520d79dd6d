//! The parts of tables that a copy has to copy, and those that it has copied.

use std::collections::BTreeMap;

use super::{CopyCounts, Error, count, stored, value};
use crate::postgres::{self, Connection, Row};

/// Where a part of a table begins and ends, as the copy encodes it; `None` is without a bound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartBounds {
    /// The first row of the part.
    pub lower: Option<String>,
    /// The first row after the part.
    pub upper: Option<String>,
}

/// A part of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PartRecord {
    /// Its number, from 0.
    pub number: i32,
    /// Which rows it has.
    pub bounds: PartBounds,
    /// What happened to its rows, once they are copied.
    pub done: Option<CopyCounts>,
}

pub(super) async fn read_parts(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, Vec<PartRecord>>, Error> {
    let statement = "SELECT table_name, part, lower_bound, upper_bound, finished, rows_read,
            rows_written, rows_quarantined, bytes, seconds, changes::text, rows_left_out
        FROM migration_assist.copied_parts WHERE target_schema = $1 ORDER BY table_name, part";
    let mut parts: BTreeMap<String, Vec<PartRecord>> = BTreeMap::new();
    for row in connection.query(statement, &[&schema]).await? {
        parts.entry(value(&row, 0)?).or_default().push(read_part(&row)?);
    }
    Ok(parts)
}

fn read_part(row: &Row) -> Result<PartRecord, Error> {
    let changes = serde_json::from_str(value(row, 10)?);
    let counts = CopyCounts {
        rows_read: count(row, 5)?,
        rows_written: count(row, 6)?,
        rows_quarantined: count(row, 7)?,
        rows_left_out: count(row, 11)?,
        bytes: count(row, 8)?,
        seconds: value(row, 9)?,
        changes: changes
            .map_err(|_| Error::Unreadable { what: "`copied_parts.changes` is not counts" })?,
    };
    let bounds = PartBounds { lower: value(row, 2)?, upper: value(row, 3)? };
    let done = value::<bool>(row, 4)?.then_some(counts);
    Ok(PartRecord { number: value(row, 1)?, bounds, done })
}

/// Records tables with their parts, in the transaction that empties them. They must not be recorded
/// yet: see [`forget_tables`](super::forget_tables).
pub async fn enter_tables<'a>(
    connection: &Connection,
    schema: &str,
    tables: impl IntoIterator<Item = (&'a str, Vec<(i32, PartBounds)>)>,
) -> Result<(), postgres::Error> {
    let mut names = Vec::new();
    let (mut owners, mut numbers) = (Vec::new(), Vec::new());
    let (mut lower, mut upper) = (Vec::new(), Vec::new());
    for (name, parts) in tables {
        names.push(name);
        for (number, bounds) in parts {
            owners.push(name);
            numbers.push(number);
            lower.push(bounds.lower);
            upper.push(bounds.upper);
        }
    }
    let statement =
        "INSERT INTO migration_assist.copied_tables (target_schema, table_name, table_oid)
        SELECT $1, it, (quote_ident($1) || '.' || quote_ident(it))::regclass
        FROM unnest($2::text[]) AS it";
    connection.execute(statement, &[&schema, &names]).await?;
    let statement = "INSERT INTO migration_assist.copied_parts
            (target_schema, table_name, part, lower_bound, upper_bound)
        SELECT $1, * FROM unnest($2::text[], $3::integer[], $4::text[], $5::text[])";
    connection.execute(statement, &[&schema, &owners, &numbers, &lower, &upper]).await?;
    Ok(())
}

/// Locks a part until the end of the transaction; whether the part is still to be copied.
///
/// Waits for the transaction of an earlier run that the server has not ended yet.
pub async fn claim_part(
    connection: &Connection,
    schema: &str,
    table: &str,
    part: i32,
) -> Result<bool, postgres::Error> {
    let statement = "SELECT NOT finished FROM migration_assist.copied_parts
        WHERE target_schema = $1 AND table_name = $2 AND part = $3 FOR UPDATE";
    let row = connection.query_opt(statement, &[&schema, &table, &part]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(false))
}

/// Records that a part is copied, in the transaction that writes its rows.
///
/// Only a part with quarantined rows is written with savepoints, which have transaction numbers of their own.
pub async fn finish_part(
    connection: &Connection,
    schema: &str,
    table: &str,
    part: i32,
    counts: &CopyCounts,
) -> Result<(), postgres::Error> {
    let statement = "UPDATE migration_assist.copied_parts SET finished = true, rows_read = $4,
            rows_written = $5, rows_quarantined = $6, bytes = $7, seconds = $8,
            changes = $9::text::jsonb, rows_left_out = $10,
            first_xid = pg_current_xact_id()::text::bigint & 4294967295,
            last_xid = CASE WHEN $6::bigint > 0
                THEN (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1) & 4294967295
                ELSE pg_current_xact_id()::text::bigint & 4294967295 END
        WHERE target_schema = $1 AND table_name = $2 AND part = $3";
    let changes = serde_json::to_string(&counts.changes).expect("names and numbers are JSON");
    connection
        .execute(
            statement,
            &[
                &schema,
                &table,
                &part,
                &stored(counts.rows_read),
                &stored(counts.rows_written),
                &stored(counts.rows_quarantined),
                &stored(counts.bytes),
                &counts.seconds,
                &changes,
                &stored(counts.rows_left_out),
            ],
        )
        .await?;
    Ok(())
}
