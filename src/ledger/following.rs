//! Following the source's binary log: how far the target has applied it, and which rows that touched.

use std::collections::{BTreeMap, BTreeSet};

use super::{Error, count, create, exists, stored, value};
use crate::mysql::GtidSet;
use crate::mysql::binlog::Position;
use crate::postgres::{self, Connection, Row};

/// The following that begins for a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFollowing<'a> {
    /// The server that the log is read from.
    pub server: &'a str,
    /// The number by which that server knows this replica.
    pub replica_id: u32,
    /// The start of the copy: the log from here on is applied.
    pub position: &'a Position,
    /// The position up to which readers of the copy may have seen changes.
    pub visible: &'a Position,
    /// Transactions behind the position that need not be applied.
    pub gtid: Option<&'a GtidSet>,
}

/// How far the log is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowingRecord {
    /// The server that the log is read from.
    pub server: String,
    /// The number by which that server knows this replica.
    pub replica_id: u32,
    /// Up to here, and in whole transactions, the log is applied.
    pub position: Position,
    /// The position up to which rows may be ahead of [`Self::position`]; `None` once it is reached.
    pub overlap: Option<Position>,
    /// The source's clock at the last applied commit, in seconds since 1970.
    pub source_time: Option<i64>,
    /// How much was applied.
    pub counts: FollowingCounts,
    /// Why it stopped for good: the kind of statement and the table, never a value.
    pub stopped_by: Option<String>,
    /// Whether another command asks the follower to end.
    pub handover: bool,
    /// The number of the proof that touched keys are collected for.
    pub generation: i32,
    /// When the server created the position's file, in seconds since 1970; `None` before it was read.
    pub log_created: Option<i64>,
    /// Transactions behind the position that need not be applied; `None` once the position was advanced.
    pub gtid: Option<GtidSet>,
}

/// How much was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, schemars::JsonSchema, serde::Serialize)]
pub struct FollowingCounts {
    /// Transactions of the source.
    pub transactions: u64,
    /// Changed rows in the log.
    pub changes: u64,
    /// Rows that were written or deleted.
    pub net_changes: u64,
}

/// A table that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedTable {
    /// A hash of the source's definition, as it was when following began.
    pub fingerprint: String,
    /// Whether it cannot be followed by key and is copied whole when nothing writes any more.
    pub copy_whole: bool,
    /// Whether not all of its touched keys are on record, so that only a comparison of all rows proves it.
    pub prove_whole: bool,
    /// Whether the target's table was dropped since, and another has its name or none has.
    pub replaced: bool,
}

/// Records the following of a schema and its tables, in place of an earlier one.
pub async fn begin_following<'a>(
    connection: &Connection,
    schema: &str,
    new: &NewFollowing<'_>,
    tables: impl IntoIterator<Item = (&'a str, FollowedTable)>,
) -> Result<(), Error> {
    forget_following(connection, schema).await?;
    // The copy that is followed has replaced the rows of these.
    let statement = "DELETE FROM migration_assist.followed_transactions WHERE target_schema = $1";
    connection.execute(statement, &[&schema]).await?;
    let NewFollowing { server, replica_id, position, visible, gtid } = new;
    let overlap = (visible > position).then_some(*visible);
    let statement = "INSERT INTO migration_assist.following (target_schema, server_identity,
            replica_id, log_file, log_offset, overlap_file, overlap_offset, start_gtid)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    connection
        .execute(
            statement,
            &[
                &schema,
                server,
                &i64::from(*replica_id),
                &position.file,
                &stored(position.offset),
                &overlap.map(|it| &it.file),
                &overlap.map(|it| stored(it.offset)),
                &gtid.map(ToString::to_string),
            ],
        )
        .await?;
    let (mut names, mut fingerprints, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for (name, table) in tables {
        names.push(name);
        fingerprints.push(table.fingerprint);
        whole.push(table.copy_whole);
    }
    let statement = "INSERT INTO migration_assist.followed_tables
            (target_schema, table_name, table_oid, fingerprint, copy_whole)
        SELECT $1, it.name, (quote_ident($1) || '.' || quote_ident(it.name))::regclass,
            it.fingerprint, it.copy_whole
        FROM unnest($2::text[], $3::text[], $4::boolean[]) AS it (name, fingerprint, copy_whole)";
    connection.execute(statement, &[&schema, &names, &fingerprints, &whole]).await?;
    Ok(())
}

/// The tables about following.
const TABLES: [&str; 6] = [
    "following",
    "followed_tables",
    "appeared_tables",
    "touched_keys",
    "refetch_keys",
    "rejected_rows",
];

/// Removes all that is recorded of following into a schema, in the transaction that makes it untrue.
pub async fn forget_following(
    connection: &Connection,
    schema: &str,
) -> Result<(), postgres::Error> {
    for table in TABLES {
        let statement = format!("DELETE FROM migration_assist.{table} WHERE target_schema = $1");
        connection.execute(&statement, &[&schema]).await?;
    }
    Ok(())
}

/// How far the log is applied to a schema; `None` if nothing follows into it.
pub async fn read_following(
    connection: &Connection,
    schema: &str,
) -> Result<Option<FollowingRecord>, Error> {
    if !exists(connection).await? {
        return Ok(None);
    }
    let statement = "SELECT server_identity, replica_id, log_file, log_offset, overlap_file,
            overlap_offset, extract(epoch FROM source_time)::bigint, transactions, changes,
            net_changes, stopped_by, handover, generation, log_created, start_gtid
        FROM migration_assist.following WHERE target_schema = $1";
    let row = connection.query_opt(statement, &[&schema]).await?;
    row.map(|row| read_record(&row)).transpose()
}

fn read_record(row: &Row) -> Result<FollowingRecord, Error> {
    let replica_id = u32::try_from(value::<i64>(row, 1)?);
    let counts = FollowingCounts {
        transactions: count(row, 7)?,
        changes: count(row, 8)?,
        net_changes: count(row, 9)?,
    };
    Ok(FollowingRecord {
        server: value(row, 0)?,
        replica_id: replica_id
            .map_err(|_| Error::Unreadable { what: "`following.replica_id` is out of range" })?,
        position: Position { file: value(row, 2)?, offset: count(row, 3)? },
        overlap: read_position(row, 4)?,
        source_time: value(row, 6)?,
        counts,
        stopped_by: value(row, 10)?,
        handover: value(row, 11)?,
        generation: value(row, 12)?,
        log_created: value(row, 13)?,
        gtid: read_gtid_set(row, 14)?,
    })
}

/// A set of GTIDs in a column of a row that may be NULL.
pub(super) fn read_gtid_set(row: &Row, place: usize) -> Result<Option<GtidSet>, Error> {
    let text: Option<String> = value(row, place)?;
    let set = text.map(|text| text.parse()).transpose();
    set.map_err(|_| Error::Unreadable { what: "`start_gtid` is no set of GTIDs" })
}

/// A position in two columns of a row that may be NULL.
pub(super) fn read_position(row: &Row, place: usize) -> Result<Option<Position>, Error> {
    let Some(file) = value::<Option<String>>(row, place)? else { return Ok(None) };
    Ok(Some(Position { file, offset: count(row, place + 1)? }))
}

/// The tables that are followed into a schema, by the target's names.
pub async fn followed_tables(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, FollowedTable>, Error> {
    let statement = "SELECT it.table_name, it.fingerprint, it.copy_whole, it.prove_whole,
            now.oid IS DISTINCT FROM it.table_oid
        FROM migration_assist.followed_tables AS it
        LEFT JOIN pg_catalog.pg_namespace AS schema ON schema.nspname = it.target_schema
        LEFT JOIN pg_catalog.pg_class AS now
            ON now.relnamespace = schema.oid AND now.relname = it.table_name
        WHERE it.target_schema = $1";
    let rows = connection.query(statement, &[&schema]).await?;
    rows.iter()
        .map(|row| {
            let table = FollowedTable {
                fingerprint: value(row, 1)?,
                copy_whole: value(row, 2)?,
                prove_whole: value(row, 3)?,
                replaced: value(row, 4)?,
            };
            Ok((value(row, 0)?, table))
        })
        .collect()
}

/// Where a batch begins and ends, and how much it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance<'a> {
    /// The position that has to be on record.
    pub from: &'a Position,
    /// The position up to which the log is applied with the transaction.
    pub to: &'a Position,
    /// The source's clock at the last commit, in seconds since 1970; `None` keeps the one on record.
    pub source_time: Option<i64>,
    /// What is added to the counts.
    pub counts: FollowingCounts,
    /// Whether [`Self::to`] is at or behind the end of the overlap.
    pub ends_overlap: bool,
    /// When the server created the file of [`Self::to`]; `None` keeps what is on record of the same file.
    pub log_created: Option<i64>,
}

/// Records that the log is applied up to a position, in the transaction that applies it; whether another
/// command asks the follower to end. `None` if the position on record is another one: another session
/// has applied the log meanwhile, and the transaction must be rolled back.
pub async fn advance_following(
    connection: &Connection,
    schema: &str,
    advance: &Advance<'_>,
) -> Result<Option<bool>, Error> {
    let statement = "UPDATE migration_assist.following SET log_file = $4, log_offset = $5,
            source_time = coalesce(to_timestamp($6::bigint), source_time), applied_at = now(),
            transactions = transactions + $7, changes = changes + $8,
            net_changes = net_changes + $9, stopped_by = NULL, start_gtid = NULL,
            log_created = CASE WHEN log_file = $4 THEN coalesce($11, log_created) ELSE $11 END,
            overlap_file = CASE WHEN $10 THEN NULL ELSE overlap_file END,
            overlap_offset = CASE WHEN $10 THEN NULL ELSE overlap_offset END
        WHERE target_schema = $1 AND log_file = $2 AND log_offset = $3
        RETURNING handover";
    let Advance { from, to, source_time, counts, ends_overlap, log_created } = advance;
    let row = connection
        .query_opt_prepared(
            statement,
            &[
                &schema,
                &from.file,
                &stored(from.offset),
                &to.file,
                &stored(to.offset),
                source_time,
                &stored(counts.transactions),
                &stored(counts.changes),
                &stored(counts.net_changes),
                ends_overlap,
                log_created,
            ],
        )
        .await?;
    row.map(|row| value(&row, 0)).transpose()
}

/// Records when the server created the file of the position on record.
pub async fn record_log_created(
    connection: &Connection,
    schema: &str,
    created: i64,
) -> Result<(), postgres::Error> {
    let statement =
        "UPDATE migration_assist.following SET log_created = $2 WHERE target_schema = $1";
    connection.execute(statement, &[&schema, &created]).await?;
    Ok(())
}

/// Records why following stopped for good.
pub async fn record_stop(
    connection: &Connection,
    schema: &str,
    reason: &str,
) -> Result<(), postgres::Error> {
    let statement =
        "UPDATE migration_assist.following SET stopped_by = $2 WHERE target_schema = $1";
    connection.execute(statement, &[&schema, &reason]).await?;
    Ok(())
}

/// Asks the follower of a schema to end, or takes the request back; whether anything follows into it.
pub async fn request_handover(
    connection: &Connection,
    schema: &str,
    wanted: bool,
) -> Result<bool, Error> {
    create(connection).await?;
    let statement = "UPDATE migration_assist.following SET handover = $2 WHERE target_schema = $1";
    Ok(connection.execute(statement, &[&schema, &wanted]).await? > 0)
}

/// Records that a table cannot be followed by key, and is copied whole when nothing writes any more.
pub async fn mark_copied_whole(
    connection: &Connection,
    schema: &str,
    table: &str,
) -> Result<(), postgres::Error> {
    mark(connection, "copy_whole", schema, table).await
}

/// Records that rows of a table were changed whose keys are not on record.
pub async fn mark_proven_whole(
    connection: &Connection,
    schema: &str,
    table: &str,
) -> Result<(), postgres::Error> {
    mark(connection, "prove_whole", schema, table).await
}

async fn mark(
    connection: &Connection,
    column: &str,
    schema: &str,
    table: &str,
) -> Result<(), postgres::Error> {
    let statement = format!(
        "UPDATE migration_assist.followed_tables SET {column} = true
        WHERE target_schema = $1 AND table_name = $2"
    );
    connection.execute(&statement, &[&schema, &table]).await?;
    Ok(())
}

/// Records that a table appeared in the source that the copy does not have.
pub async fn record_appeared_table(
    connection: &Connection,
    schema: &str,
    table: &str,
) -> Result<(), postgres::Error> {
    let statement = "INSERT INTO migration_assist.appeared_tables (target_schema, table_name)
        VALUES ($1, $2) ON CONFLICT DO NOTHING";
    connection.execute(statement, &[&schema, &table]).await?;
    Ok(())
}

/// Removes the record of tables that appeared and are gone again.
pub async fn forget_appeared_tables(
    connection: &Connection,
    schema: &str,
    tables: &BTreeSet<String>,
) -> Result<(), postgres::Error> {
    let tables: Vec<&String> = tables.iter().collect();
    let statement = "DELETE FROM migration_assist.appeared_tables
        WHERE target_schema = $1 AND table_name = ANY ($2)";
    connection.execute(statement, &[&schema, &tables]).await?;
    Ok(())
}

/// The tables that appeared in the source since the copy, by the source's names.
pub async fn appeared_tables(connection: &Connection, schema: &str) -> Result<Vec<String>, Error> {
    let statement = "SELECT table_name FROM migration_assist.appeared_tables
        WHERE target_schema = $1 ORDER BY table_name";
    let rows = connection.query(statement, &[&schema]).await?;
    rows.iter().map(|row| value(row, 0)).collect()
}
