//! Rows that following changed, left out, or has to read again, by their keys.

use std::collections::BTreeMap;

use super::{Error, count, value};
use crate::postgres::{self, Connection};

/// Changed keys of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TouchedKeys {
    /// A hash of each key.
    pub hashes: Vec<Vec<u8>>,
    /// The key as the target has it: its fields in the text format of COPY, separated by tabs.
    pub target_keys: Vec<String>,
    /// The key as the source has it: its cells in hexadecimal digits, separated by commas.
    pub source_keys: Vec<String>,
}

/// Removes the record of all rows of a table that are absent, in the transaction that deletes all of its
/// rows.
pub async fn forget_absent_rows(
    connection: &Connection,
    schema: &str,
    table: &str,
) -> Result<(), postgres::Error> {
    for absent in ["refetch_keys", "rejected_rows"] {
        let statement = format!(
            "DELETE FROM migration_assist.{absent} WHERE target_schema = $1 AND table_name = $2"
        );
        connection.execute(&statement, &[&schema, &table]).await?;
    }
    Ok(())
}

/// Records changed keys of a table, in the transaction that changes its rows.
pub async fn record_touched_keys(
    connection: &Connection,
    schema: &str,
    table: &str,
    generation: i32,
    keys: &TouchedKeys,
) -> Result<(), postgres::Error> {
    let statement = "INSERT INTO migration_assist.touched_keys
            (target_schema, table_name, generation, key_hash, target_key, source_key)
        SELECT $1, $2, $3, it.* FROM unnest($4::bytea[], $5::text[], $6::text[]) AS it
        ON CONFLICT DO NOTHING";
    let TouchedKeys { hashes, target_keys, source_keys } = keys;
    let parameters: &[&(dyn postgres::ToSql + Sync)] =
        &[&schema, &table, &generation, hashes, target_keys, source_keys];
    connection.execute(statement, parameters).await?;
    Ok(())
}

/// Records rows that did not fit: each key's hash and its cells in hexadecimal, and the reason's id.
pub async fn record_rejected_rows(
    connection: &Connection,
    schema: &str,
    table: &str,
    rows: &[(Vec<u8>, String, String)],
) -> Result<(), postgres::Error> {
    let statement = "INSERT INTO migration_assist.rejected_rows
            (target_schema, table_name, key_hash, source_key, reason)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (target_schema, table_name, key_hash) DO UPDATE SET reason = excluded.reason";
    for (hash, key, reason) in rows {
        connection.execute(statement, &[&schema, &table, hash, key, reason]).await?;
    }
    Ok(())
}

/// Removes the record of rows that did not fit before, and fit or are gone now.
pub async fn forget_rejected_rows(
    connection: &Connection,
    schema: &str,
    table: &str,
    hashes: &[Vec<u8>],
) -> Result<(), postgres::Error> {
    forget(connection, "rejected_rows", (schema, table), hashes).await
}

/// How many rows of each table do not fit at present, by the target's names.
pub async fn rejected_rows(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, u64>, Error> {
    let statement = "SELECT table_name, count(*) FROM migration_assist.rejected_rows
        WHERE target_schema = $1 GROUP BY table_name";
    let rows = connection.query(statement, &[&schema]).await?;
    rows.iter().map(|row| Ok((value(row, 0)?, count(row, 1)?))).collect()
}

/// Records rows to be read again: each key's hash and its cells in hexadecimal.
pub async fn record_refetch_keys(
    connection: &Connection,
    schema: &str,
    table: &str,
    hashes: &[Vec<u8>],
    source_keys: &[String],
) -> Result<(), postgres::Error> {
    let statement = "INSERT INTO migration_assist.refetch_keys
            (target_schema, table_name, key_hash, source_key)
        SELECT $1, $2, it.* FROM unnest($3::bytea[], $4::text[]) AS it ON CONFLICT DO NOTHING";
    connection.execute(statement, &[&schema, &table, &hashes, &source_keys]).await?;
    Ok(())
}

/// Removes the record of rows that were to be read again.
pub async fn forget_refetch_keys(
    connection: &Connection,
    schema: &str,
    table: &str,
    hashes: &[Vec<u8>],
) -> Result<(), postgres::Error> {
    forget(connection, "refetch_keys", (schema, table), hashes).await
}

/// Removes keys of a table from one of the records.
async fn forget(
    connection: &Connection,
    record: &str,
    (schema, table): (&str, &str),
    hashes: &[Vec<u8>],
) -> Result<(), postgres::Error> {
    let statement = format!(
        "DELETE FROM migration_assist.{record}
            WHERE target_schema = $1 AND table_name = $2 AND key_hash = ANY ($3)"
    );
    connection.execute(&statement, &[&schema, &table, &hashes]).await?;
    Ok(())
}

/// The rows of each table that are to be read again, by the target's names: each key's hash and its cells
/// in hexadecimal.
pub async fn refetch_keys(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, Vec<(Vec<u8>, String)>>, Error> {
    let statement = "SELECT table_name, key_hash, source_key FROM migration_assist.refetch_keys
        WHERE target_schema = $1 ORDER BY table_name, source_key";
    let mut keys: BTreeMap<String, Vec<(Vec<u8>, String)>> = BTreeMap::new();
    for row in connection.query(statement, &[&schema]).await? {
        keys.entry(value(&row, 0)?).or_default().push((value(&row, 1)?, value(&row, 2)?));
    }
    Ok(keys)
}
