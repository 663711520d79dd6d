//! The keys of the rows that the source's log has changed, for the proof of those rows.

use std::collections::BTreeMap;

use super::{Error, count, stored, value};
use crate::mysql::binlog::Position;
use crate::postgres::{Connection, ToSql};

/// A changed key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedKey {
    /// The place of the next keys to read.
    pub place: (i32, Vec<u8>),
    /// As in [`super::TouchedRow::target_key`].
    pub target_key: String,
    /// As in [`super::TouchedRow::source_key`].
    pub source_key: String,
}

/// How many keys of each table are on record, by the target's names.
pub async fn touched_tables(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, u64>, Error> {
    let statement = "SELECT table_name, count(DISTINCT key_hash)
        FROM migration_assist.touched_keys WHERE target_schema = $1 GROUP BY table_name";
    let rows = connection.query(statement, &[&schema]).await?;
    rows.iter().map(|row| Ok((value(row, 0)?, count(row, 1)?))).collect()
}

/// Some keys of a table behind a place, in the order of their places; none behind the last.
pub async fn read_touched_keys(
    connection: &Connection,
    schema: &str,
    table: &str,
    behind: Option<&(i32, Vec<u8>)>,
    most: u32,
) -> Result<Vec<TouchedKey>, Error> {
    let statement = "SELECT generation, key_hash, target_key, source_key
        FROM migration_assist.touched_keys
        WHERE target_schema = $1 AND table_name = $2 AND (generation, key_hash) > ($3, $4)
        ORDER BY generation, key_hash LIMIT $5";
    let first = (i32::MIN, Vec::new());
    let (generation, hash) = behind.unwrap_or(&first);
    let rows =
        connection.query(statement, &[&schema, &table, generation, hash, &i64::from(most)]).await?;
    rows.iter()
        .map(|row| {
            let place = (value(row, 0)?, value(row, 1)?);
            Ok(TouchedKey { place, target_key: value(row, 2)?, source_key: value(row, 3)? })
        })
        .collect()
}

/// Begins the next generation of keys, if the log is applied exactly up to a position; its number.
///
/// No follower may run meanwhile: it takes the number when it starts.
pub async fn begin_generation(
    connection: &Connection,
    schema: &str,
    position: &Position,
) -> Result<Option<i32>, Error> {
    let statement = "UPDATE migration_assist.following SET generation = generation + 1
        WHERE target_schema = $1 AND log_file = $2 AND log_offset = $3 RETURNING generation";
    let parameters: &[&(dyn ToSql + Sync)] = &[&schema, &position.file, &stored(position.offset)];
    let row = connection.query_opt(statement, parameters).await?;
    row.map(|row| value(&row, 0)).transpose()
}

/// Removes the keys of the generations before one, once a proof of all rows covers them.
pub async fn forget_touched_keys(
    connection: &Connection,
    schema: &str,
    before: i32,
) -> Result<u64, Error> {
    let statement = "DELETE FROM migration_assist.touched_keys
        WHERE target_schema = $1 AND generation < $2";
    Ok(connection.execute(statement, &[&schema, &before]).await?)
}
