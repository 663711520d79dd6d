//! The configuration in the target's database, of which each version is a row.

use schemars::JsonSchema;
use serde::Serialize;

use super::Error;
use crate::digest::sha256_hex;
use crate::ledger;
use crate::mattermost::{CONFIGURATIONS, encode_id};
use crate::postgres::{self, Connection, Row, Transaction, has_table};
use crate::secret::Secret;
use crate::sql::Dialect::Postgres;

/// The active configuration of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConfig {
    /// The row's id.
    pub id: String,
    /// The configuration's text.
    pub text: Secret,
}

/// Which row is active now, and which was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoreReport {
    /// The row that is active.
    pub active: String,
    /// The row that was, which is kept.
    pub kept: String,
}

/// The active configuration in a schema's `configurations`; `None` where there is none.
pub async fn read_store(
    connection: &Connection,
    schema: &str,
) -> Result<Option<StoredConfig>, Error> {
    if !has_table(connection, schema, CONFIGURATIONS).await? {
        return Ok(None);
    }
    let table = table(schema);
    let statement = format!("SELECT id::text, value::text FROM {table} WHERE active");
    let row = connection.query_opt(&statement, &[]).await?;
    Ok(row.as_ref().map(stored_config).transpose()?)
}

/// Makes `text` the active configuration, in a new row; the one read before stays, inactive.
///
/// Nothing is written where the text is the same.
pub async fn switch_store(
    connection: &mut Connection,
    schema: &str,
    before: &StoredConfig,
    text: &str,
) -> Result<Option<StoreReport>, Error> {
    if sha256_hex(text) == sha256_hex(before.text.expose()) {
        return Ok(None);
    }
    let transaction = connection.transaction().await?;
    let table = table(schema);
    if lock_active(&transaction, &table).await?.as_ref() != Some(before) {
        let place = format!("{schema}.{CONFIGURATIONS}");
        return Err(Error::ChangedMeanwhile { place });
    }
    let id = new_id(&transaction).await?;
    deactivate(&transaction, &table).await?;
    let statement = format!(
        "INSERT INTO {table} (id, value, createat, active)
         VALUES ($1, $2, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, true)"
    );
    transaction.execute(&statement, &[&id, &text]).await?;
    if has_sha(&transaction, schema).await? {
        let statement = format!("UPDATE {table} SET sha = $2 WHERE id = $1");
        transaction.execute(&statement, &[&id, &sha256_hex(text)]).await?;
    }
    ledger::record_switch(&transaction, schema, &before.id, &id).await?;
    transaction.commit().await?;
    Ok(Some(StoreReport { active: id, kept: before.id.clone() }))
}

/// Makes the row active again that the last switch made inactive.
pub async fn undo_store(connection: &mut Connection, schema: &str) -> Result<StoreReport, Error> {
    let place = format!("{schema}.{CONFIGURATIONS}");
    let nothing = || Error::NothingToUndo { place: place.clone() };
    let transaction = connection.transaction().await?;
    let kept = ledger::take_switch(&transaction, schema).await?.ok_or_else(nothing)?;
    let table = table(schema);
    let present = lock_active(&transaction, &table).await?;
    deactivate(&transaction, &table).await?;
    let statement = format!("UPDATE {table} SET active = true WHERE id = $1");
    if transaction.execute(&statement, &[&kept]).await? == 0 {
        return Err(Error::RowGone { id: kept });
    }
    transaction.commit().await?;
    let present = present.map(|row| row.id).unwrap_or_default();
    Ok(StoreReport { active: kept, kept: present })
}

fn stored_config(row: &Row) -> Result<StoredConfig, postgres::Error> {
    Ok(StoredConfig { id: row.try_get(0)?, text: Secret::new(row.try_get::<_, String>(1)?) })
}

async fn lock_active(
    transaction: &Transaction<'_>,
    table: &str,
) -> Result<Option<StoredConfig>, Error> {
    let statement = format!("SELECT id::text, value::text FROM {table} WHERE active FOR UPDATE");
    let row = transaction.query_opt(&statement, &[]).await?;
    Ok(row.as_ref().map(stored_config).transpose()?)
}

/// Whether the rows have a sum of their text: the table has it since its third migration.
async fn has_sha(transaction: &Transaction<'_>, schema: &str) -> Result<bool, Error> {
    let statement = "SELECT EXISTS (SELECT FROM information_schema.columns
        WHERE table_schema = $1 AND table_name = $2 AND column_name = 'sha')";
    let row = transaction.query_one(statement, &[&schema, &CONFIGURATIONS]).await?;
    Ok(row.try_get(0).map_err(postgres::Error::from)?)
}

/// Inactive is NULL: the column is unique, and two rows may not be false.
async fn deactivate(transaction: &Transaction<'_>, table: &str) -> Result<(), Error> {
    transaction.execute(&format!("UPDATE {table} SET active = NULL WHERE active"), &[]).await?;
    Ok(())
}

async fn new_id(transaction: &Transaction<'_>) -> Result<String, Error> {
    let row = transaction.query_one("SELECT uuid_send(gen_random_uuid())", &[]).await?;
    Ok(encode_id(row.try_get(0).map_err(postgres::Error::from)?))
}

fn table(schema: &str) -> String {
    Postgres.qualified(schema, CONFIGURATIONS)
}
