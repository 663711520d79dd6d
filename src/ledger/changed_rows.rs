//! Rows that following changed, left out, or has to read again, by their keys.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_128;

use super::{Error, count, value};
use crate::postgres::{self, Connection};

/// A hash of a key, by which the records find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHash([u8; 16]);

impl KeyHash {
    /// The hash of a key in the form of [`TouchedRow::target_key`].
    #[must_use]
    pub fn of(target_key: &[u8]) -> Self {
        Self(xxh3_128(target_key).to_be_bytes())
    }
}

/// A changed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedRow {
    /// That of the key.
    pub hash: KeyHash,
    /// The key as the target has it: its fields in the text format of COPY, separated by tabs.
    pub target_key: String,
    /// The key as the source has it: its cells in hexadecimal digits, separated by commas.
    pub source_key: String,
}

/// Changed rows of several tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TouchedKeys {
    tables: Vec<String>,
    /// Each with the index of its table.
    rows: Vec<(usize, TouchedRow)>,
}

impl TouchedKeys {
    /// Adds a row of a table; those of one table follow each other.
    pub fn add(&mut self, table: &str, row: TouchedRow) {
        if self.tables.last().is_none_or(|last| last != table) {
            self.tables.push(table.to_owned());
        }
        self.rows.push((self.tables.len() - 1, row));
    }
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

/// Records changed keys, in the transaction that changes their rows.
pub async fn record_touched_keys(
    connection: &Connection,
    schema: &str,
    generation: i32,
    keys: &TouchedKeys,
) -> Result<(), postgres::Error> {
    if keys.rows.is_empty() {
        return Ok(());
    }
    let statement = "INSERT INTO migration_assist.touched_keys
            (target_schema, table_name, generation, key_hash, target_key, source_key)
        SELECT $1, it.table_name, $2, it.key_hash, it.target_key, it.source_key
        FROM unnest($3::text[], $4::bytea[], $5::text[], $6::text[])
            AS it (table_name, key_hash, target_key, source_key)
        ON CONFLICT DO NOTHING";
    let rows = || keys.rows.iter();
    let tables: Vec<&str> = rows().map(|(table, _)| keys.tables[*table].as_str()).collect();
    let hashes: Vec<&[u8]> = rows().map(|(_, row)| row.hash.0.as_slice()).collect();
    let target_keys: Vec<&str> = rows().map(|(_, row)| row.target_key.as_str()).collect();
    let source_keys: Vec<&str> = rows().map(|(_, row)| row.source_key.as_str()).collect();
    let parameters: &[&(dyn postgres::ToSql + Sync)] =
        &[&schema, &generation, &tables, &hashes, &target_keys, &source_keys];
    connection.execute_prepared(statement, parameters).await?;
    Ok(())
}

/// Records rows that did not fit: each key's hash and its cells in hexadecimal, and the reason's id.
pub async fn record_rejected_rows(
    connection: &Connection,
    schema: &str,
    table: &str,
    rows: &[(KeyHash, String, &str)],
) -> Result<(), postgres::Error> {
    let statement = "INSERT INTO migration_assist.rejected_rows
            (target_schema, table_name, key_hash, source_key, reason)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (target_schema, table_name, key_hash) DO UPDATE SET reason = excluded.reason";
    for (hash, key, reason) in rows {
        let parameters: &[&(dyn postgres::ToSql + Sync)] =
            &[&schema, &table, &hash.0.as_slice(), key, reason];
        connection.execute(statement, parameters).await?;
    }
    Ok(())
}

/// Removes the record of rows that did not fit before, and fit or are gone now.
pub async fn forget_rejected_rows(
    connection: &Connection,
    schema: &str,
    table: &str,
    hashes: &[KeyHash],
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
    keys: &[(KeyHash, String)],
) -> Result<(), postgres::Error> {
    let statement = "INSERT INTO migration_assist.refetch_keys
            (target_schema, table_name, key_hash, source_key)
        SELECT $1, $2, it.* FROM unnest($3::bytea[], $4::text[]) AS it ON CONFLICT DO NOTHING";
    let hashes: Vec<&[u8]> = keys.iter().map(|(hash, _)| hash.0.as_slice()).collect();
    let source_keys: Vec<&str> = keys.iter().map(|(_, key)| key.as_str()).collect();
    connection.execute(statement, &[&schema, &table, &hashes, &source_keys]).await?;
    Ok(())
}

/// Removes the record of rows that were to be read again.
pub async fn forget_refetch_keys(
    connection: &Connection,
    schema: &str,
    table: &str,
    hashes: &[KeyHash],
) -> Result<(), postgres::Error> {
    forget(connection, "refetch_keys", (schema, table), hashes).await
}

/// Removes keys of a table from one of the records.
async fn forget(
    connection: &Connection,
    record: &str,
    (schema, table): (&str, &str),
    hashes: &[KeyHash],
) -> Result<(), postgres::Error> {
    let statement = format!(
        "DELETE FROM migration_assist.{record}
            WHERE target_schema = $1 AND table_name = $2 AND key_hash = ANY ($3)"
    );
    let hashes: Vec<&[u8]> = hashes.iter().map(|hash| hash.0.as_slice()).collect();
    connection.execute(&statement, &[&schema, &table, &hashes]).await?;
    Ok(())
}

/// The rows of each table that are to be read again, by the target's names: each key's hash and its cells
/// in hexadecimal.
pub async fn refetch_keys(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, Vec<(KeyHash, String)>>, Error> {
    let statement = "SELECT table_name, key_hash, source_key FROM migration_assist.refetch_keys
        WHERE target_schema = $1 ORDER BY table_name, source_key";
    let mut keys: BTreeMap<String, Vec<(KeyHash, String)>> = BTreeMap::new();
    for row in connection.query(statement, &[&schema]).await? {
        let hash: Vec<u8> = value(&row, 1)?;
        let hash = hash.try_into().map_err(|_| Error::Unreadable { what: "key_hash: 16 bytes" })?;
        keys.entry(value(&row, 0)?).or_default().push((KeyHash(hash), value(&row, 2)?));
    }
    Ok(keys)
}
