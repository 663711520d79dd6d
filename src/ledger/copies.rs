//! The copy into a schema of the target: where its rows come from, its tables and its times.

use std::collections::BTreeMap;

use super::definitions::read_definitions;
use super::following::{forget_following, read_gtid_set, read_position};
use super::parts::read_parts;
use super::sources::{read_source, stored_kind};
use super::time_zones::read_time_zones;
use super::{ColumnZones, CopyCounts, Definition, Error, PartRecord, exists, stored, value};
use crate::convert::{ColumnZone, TimeZones};
use crate::mysql::GtidSet;
use crate::mysql::binlog::Position;
use crate::postgres::{self, Connection, Row, ToSql};
use crate::source_identity::SourceIdentity;

/// Where the rows of a copy come from, and where the source was when they were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopySource {
    /// Which source.
    pub identity: SourceIdentity,
    /// Its log position.
    pub position: Option<String>,
    /// Its server's time, as it prints it.
    pub time: Option<String>,
    /// When a table of its database was last written, as its server prints it.
    pub last_write: Option<String>,
    /// From where on the source's log can be followed; `None` if the copy was not made for it.
    pub start: Option<CopyStart>,
}

/// Where the source's log was when the rows of a copy were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyStart {
    /// Every reader saw all that was committed up to here.
    pub position: Position,
    /// No reader saw anything that was committed behind this.
    pub visible: Position,
    /// Every reader saw these transactions too, wherever they are in the log.
    pub gtid: Option<GtidSet>,
}

/// What the ledger records of the copy into a schema.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CopyRecord {
    /// Where the rows come from; `None` if nothing was copied yet.
    pub source: Option<CopySource>,
    /// When the first run of it began, in UTC, such as `2026-01-31 23:59`.
    pub started_at: Option<String>,
    /// When it was finished, in UTC; `None` while it is not.
    pub finished_at: Option<String>,
    /// How long its runs have worked, in seconds.
    pub worked_seconds: f64,
    /// The tables that a run has begun to copy, by the target's names.
    pub tables: BTreeMap<String, TableRecord>,
    /// The definitions that are absent.
    pub removed: Vec<Definition>,
}

/// A table that a run has begun to copy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableRecord {
    /// Whether the table was dropped since, and another has its name or none has.
    pub replaced: bool,
    /// Its parts.
    pub parts: Vec<PartRecord>,
    /// The error that ended the last run, if this table caused it.
    pub failure: Option<String>,
    /// The time zones by which its local times are converted.
    pub time_zones: ColumnZones,
}

impl CopyRecord {
    /// The time zones of the tables that are still those that were copied.
    #[must_use]
    pub fn time_zones(&self) -> TimeZones {
        let mut zones = TimeZones::default();
        for (name, table) in self.tables.iter().filter(|(_, table)| !table.replaced) {
            for (column, times) in &table.time_zones {
                zones.insert(name, column, ColumnZone::Known(times.clone()));
            }
        }
        zones
    }
}

impl TableRecord {
    /// Whether all of its rows have been copied.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.replaced && self.parts.iter().all(|part| part.done.is_some())
    }

    /// Whether the table can be as recorded: one with copied rows is not empty.
    #[must_use]
    pub fn still_holds(&self, has_rows: bool) -> bool {
        !self.replaced && (has_rows || self.counts().rows_written == 0)
    }

    /// What happened to its rows so far.
    #[must_use]
    pub fn counts(&self) -> CopyCounts {
        let mut sum = CopyCounts::default();
        self.parts.iter().filter_map(|part| part.done.as_ref()).for_each(|it| sum.add(it));
        sum
    }
}

/// Reads the copy into a schema; an empty record if there is none.
pub async fn read_copy(connection: &Connection, schema: &str) -> Result<CopyRecord, Error> {
    let mut record = CopyRecord::default();
    if !exists(connection).await? {
        return Ok(record);
    }
    let statement = "SELECT source_kind, source_server, source_content, source_database,
            source_diagnostic_id, source_address, source_position, source_time, source_last_write,
            to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
            to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
            worked_seconds, start_file, start_offset, visible_file, visible_offset,
            start_gtid
        FROM migration_assist.copies WHERE target_schema = $1";
    if let Some(row) = connection.query_opt(statement, &[&schema]).await? {
        record.source = Some(CopySource {
            identity: read_source(&row)?,
            position: value(&row, 6)?,
            time: value(&row, 7)?,
            last_write: value(&row, 8)?,
            start: read_start(&row, 12)?,
        });
        record.started_at = value(&row, 9)?;
        record.finished_at = value(&row, 10)?;
        record.worked_seconds = value(&row, 11)?;
    }
    let mut parts = read_parts(connection, schema).await?;
    let mut zones = read_time_zones(connection, schema).await?;
    let statement = "SELECT it.table_name, it.failure, now.oid IS DISTINCT FROM it.table_oid
        FROM migration_assist.copied_tables AS it
        LEFT JOIN pg_catalog.pg_namespace AS schema ON schema.nspname = it.target_schema
        LEFT JOIN pg_catalog.pg_class AS now
            ON now.relnamespace = schema.oid AND now.relname = it.table_name
        WHERE it.target_schema = $1";
    for row in connection.query(statement, &[&schema]).await? {
        let name: String = value(&row, 0)?;
        let parts = parts.remove(&name).unwrap_or_default();
        let time_zones = zones.remove(&name).unwrap_or_default();
        let (failure, replaced) = (value(&row, 1)?, value(&row, 2)?);
        let table = TableRecord { replaced, parts, failure, time_zones };
        record.tables.insert(name, table);
    }
    record.removed = read_definitions(connection, schema).await?;
    Ok(record)
}

/// The start of a copy, in five columns that may be NULL.
fn read_start(row: &Row, place: usize) -> Result<Option<CopyStart>, Error> {
    let start = read_position(row, place)?.zip(read_position(row, place + 2)?);
    let gtid = read_gtid_set(row, place + 4)?;
    Ok(start.map(|(position, visible)| CopyStart { position, visible, gtid }))
}

/// Records the first run of a copy, in place of the copy that was recorded before.
pub async fn begin_copy(
    connection: &Connection,
    schema: &str,
    source: &CopySource,
) -> Result<(), postgres::Error> {
    let statement = "INSERT INTO migration_assist.copies
            (target_schema, source_kind, source_server, source_content, source_database,
            source_diagnostic_id, source_address, source_position, source_time, source_last_write)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (target_schema) DO UPDATE SET source_kind = excluded.source_kind,
            source_server = excluded.source_server, source_content = excluded.source_content,
            source_database = excluded.source_database,
            source_diagnostic_id = excluded.source_diagnostic_id,
            source_address = excluded.source_address, source_position = excluded.source_position, source_time = excluded.source_time,
            source_last_write = excluded.source_last_write, started_at = now(),
            finished_at = NULL, changed_at = now(), worked_seconds = 0";
    let CopySource { identity, position, time, last_write, start } = source;
    let SourceIdentity { kind: _, database, diagnostic_id, address } = identity;
    let (kind, server, content) = stored_kind(&identity.kind);
    let values: [&(dyn ToSql + Sync); 10] = [
        &schema,
        &kind,
        &server,
        &content,
        database,
        diagnostic_id,
        address,
        position,
        time,
        last_write,
    ];
    connection.execute(statement, &values).await?;
    record_start(connection, schema, start.as_ref()).await
}

/// Records that a copy resumes and is about to change rows; `start` is from where on the source's log can
/// be followed with the rows that it reads, too.
pub async fn resume_copy(
    connection: &Connection,
    schema: &str,
    start: Option<&CopyStart>,
) -> Result<(), postgres::Error> {
    let statement = "UPDATE migration_assist.copies SET finished_at = NULL, changed_at = now()
        WHERE target_schema = $1";
    connection.execute(statement, &[&schema]).await?;
    record_start(connection, schema, start).await
}

/// What was followed before does not hold for the rows that a copy writes.
async fn record_start(
    connection: &Connection,
    schema: &str,
    start: Option<&CopyStart>,
) -> Result<(), postgres::Error> {
    let statement = "UPDATE migration_assist.copies SET start_file = $2, start_offset = $3,
            visible_file = $4, visible_offset = $5, start_gtid = $6
        WHERE target_schema = $1";
    connection
        .execute(
            statement,
            &[
                &schema,
                &start.map(|it| &it.position.file),
                &start.map(|it| stored(it.position.offset)),
                &start.map(|it| &it.visible.file),
                &start.map(|it| stored(it.visible.offset)),
                &start.and_then(|it| it.gtid.as_ref()).map(ToString::to_string),
            ],
        )
        .await?;
    forget_following(connection, schema).await
}

/// Records for how long the runs of a copy have worked, in seconds.
pub async fn record_work(
    connection: &Connection,
    schema: &str,
    seconds: f64,
) -> Result<(), postgres::Error> {
    let statement =
        "UPDATE migration_assist.copies SET worked_seconds = $2 WHERE target_schema = $1";
    connection.execute(statement, &[&schema, &seconds]).await?;
    Ok(())
}

/// Records that a copy was found to be complete already: it changed no rows.
pub async fn confirm_copy(connection: &Connection, schema: &str) -> Result<(), postgres::Error> {
    let statement = "UPDATE migration_assist.copies SET finished_at = now()
        WHERE target_schema = $1 AND finished_at IS NULL";
    connection.execute(statement, &[&schema]).await?;
    Ok(())
}

/// Records that a copy is complete, and that it changed rows until now.
pub async fn finish_copy(connection: &Connection, schema: &str) -> Result<(), postgres::Error> {
    let statement = "UPDATE migration_assist.copies SET finished_at = now(), changed_at = now()
        WHERE target_schema = $1";
    connection.execute(statement, &[&schema]).await?;
    Ok(())
}

/// Removes tables from the ledger, in the transaction that empties them. The definitions that such a
/// table still lacks stay, unless it is another table now.
pub async fn forget_tables(
    connection: &Connection,
    schema: &str,
    tables: &[&str],
) -> Result<(), postgres::Error> {
    let statements = [
        "DELETE FROM migration_assist.removed_definitions AS it
         USING migration_assist.copied_tables AS entry
         WHERE it.target_schema = $1 AND it.table_name = ANY ($2)
             AND entry.target_schema = it.target_schema AND entry.table_name = it.table_name
             AND entry.table_oid <> (quote_ident($1) || '.' || quote_ident(it.table_name))::regclass",
        "DELETE FROM migration_assist.copied_time_zones
         WHERE target_schema = $1 AND table_name = ANY ($2)",
        "DELETE FROM migration_assist.copied_parts
         WHERE target_schema = $1 AND table_name = ANY ($2)",
        "DELETE FROM migration_assist.copied_tables
         WHERE target_schema = $1 AND table_name = ANY ($2)",
    ];
    for statement in statements {
        connection.execute(statement, &[&schema, &tables]).await?;
    }
    Ok(())
}

/// Records the error by which a table ended the run.
pub async fn record_failure(
    connection: &Connection,
    schema: &str,
    table: &str,
    failure: &str,
) -> Result<(), postgres::Error> {
    let statement = "UPDATE migration_assist.copied_tables SET failure = $3
        WHERE target_schema = $1 AND table_name = $2";
    connection.execute(statement, &[&schema, &table, &failure]).await?;
    Ok(())
}
