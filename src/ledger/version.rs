//! The version of the ledger's tables: creating them, and upgrading those of an older version.

use super::{Error, value};
use crate::postgres::Connection;

/// The version of the tables in `schema.sql`.
pub const VERSION: i32 = 7;

/// The first version, which had no version row.
const FIRST: i32 = 1;
const SCHEMA: &str = include_str!("schema.sql");
/// Takes the tables of version 1 to version 2.
const FROM_VERSION_1: &str = include_str!("from_version_1.sql");
/// Takes the tables of version 2 to version 3, which also has a new table. It changes nothing if another
/// session was first.
const FROM_VERSION_2: &str = "ALTER TABLE IF EXISTS migration_assist.copied_parts
    ADD COLUMN IF NOT EXISTS first_xid bigint, ADD COLUMN IF NOT EXISTS last_xid bigint;";
/// Takes the tables of version 3 to version 4.
const FROM_VERSION_3: &str = include_str!("from_version_3.sql");
/// Takes the tables of version 4 to version 5, which also has a new table. Version 6 only has another one.
const FROM_VERSION_4: &str = include_str!("from_version_4.sql");
/// Version 7 has sums of another form, with which those of earlier versions are not comparable. It keeps those
/// that another session has recorded meanwhile.
const FROM_VERSION_6: &str = "DELETE FROM migration_assist.source_sums
    WHERE NOT EXISTS (SELECT FROM migration_assist.ledger WHERE version >= 7);";

/// Creates the ledger, or upgrades one of an older version, in one transaction.
///
/// The account needs to own the schema `migration_assist`, or may create it.
pub async fn create(connection: &Connection) -> Result<(), Error> {
    let found = find_version(connection).await?;
    if found == Some(VERSION) {
        return Ok(());
    }
    make(connection, found).await
}

/// Whether there is a ledger; one of an older version is upgraded.
pub async fn exists(connection: &Connection) -> Result<bool, Error> {
    let found = find_version(connection).await?;
    if found.is_some_and(|version| version < VERSION) {
        make(connection, found).await?;
    }
    Ok(found.is_some())
}

/// The version of the existing tables; an error if a newer version of this tool created them.
async fn find_version(connection: &Connection) -> Result<Option<i32>, Error> {
    // From the catalog, which needs no right on the schema itself.
    let statement = "SELECT count(*), count(*) FILTER (WHERE relname = 'ledger')
        FROM pg_catalog.pg_class AS it
        JOIN pg_catalog.pg_namespace AS schema ON schema.oid = it.relnamespace
        WHERE nspname = 'migration_assist' AND relkind = 'r'";
    let row = connection.query_one(statement, &[]).await?;
    let (tables, marked): (i64, i64) = (value(&row, 0)?, value(&row, 1)?);
    if marked == 0 {
        return Ok((tables > 0).then_some(FIRST));
    }
    let row = connection.query_one("SELECT version FROM migration_assist.ledger", &[]).await?;
    let found = value(&row, 0)?;
    if found > VERSION {
        return Err(Error::Newer { found, supported: VERSION });
    }
    Ok(Some(found))
}

/// Runs everything as one batch: a separate transaction, or a part of the open one.
async fn make(connection: &Connection, found: Option<i32>) -> Result<(), Error> {
    // CREATE SCHEMA asks for the right to create one even if it exists.
    let exists = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace
        WHERE nspname = 'migration_assist')";
    let exists: bool = value(&connection.query_one(exists, &[]).await?, 0)?;
    let schema = if exists { "" } else { "CREATE SCHEMA IF NOT EXISTS migration_assist;" };
    let upgrade = match found {
        None => String::new(),
        Some(FIRST) => format!("{FROM_VERSION_1}{FROM_VERSION_2}{FROM_VERSION_3}{FROM_VERSION_4}"),
        Some(_) => format!("{FROM_VERSION_2}{FROM_VERSION_3}{FROM_VERSION_4}"),
    };
    let statements = format!(
        "SELECT pg_catalog.pg_advisory_xact_lock(
             pg_catalog.hashtext('migration-assist ledger'), {VERSION});
         {schema}
         {upgrade}
         {SCHEMA}
         {FROM_VERSION_6}
         INSERT INTO migration_assist.ledger (version) VALUES ({VERSION})
         ON CONFLICT (one) DO UPDATE SET version = excluded.version
         WHERE ledger.version < excluded.version"
    );
    Ok(connection.batch_execute(&statements).await?)
}
