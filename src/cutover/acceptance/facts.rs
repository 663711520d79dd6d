//! What of a target Mattermost looks at when it starts. Reads only.

use std::collections::BTreeSet;

use super::RequiredMigration;
use crate::mattermost::{SYSTEMS_ON_POSTGRES, USERS};
use crate::postgres::{
    Connection, Error, Readiness, applied_migrations, has_table, read_readiness,
};
use crate::sql::Dialect::Postgres;

/// What the server looks at when it starts.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The rows of `db_migrations`; `None` where there is no such table.
    pub applied: Option<Vec<RequiredMigration>>,
    /// The schema in which a new session of the account creates tables; `None` where it finds none.
    pub current_schema: Option<String>,
    /// The account's `search_path`, as it is set.
    pub search_path: String,
    /// The names in `systems`; `None` where there is no such table.
    pub systems: Option<BTreeSet<String>>,
    /// The names of the schema's tables.
    pub tables: BTreeSet<String>,
    /// Whether `users` has a row; `None` if there is no such table, or the account may not read it.
    pub has_users: Option<bool>,
    /// Tables in which the account may not read and write.
    pub unusable: Vec<String>,
    /// The account's rights.
    pub readiness: Readiness,
}

/// Reads what [`judge`](super::judge) looks at. The account is the one that Mattermost will use.
pub async fn read_facts(connection: &mut Connection, schema: &str) -> Result<Facts, Error> {
    let readiness = read_readiness(connection, schema).await?;
    let applied = applied_migrations(connection, schema).await?;
    let systems = read_systems(connection, schema).await?;
    let unusable = "SELECT tablename::text FROM pg_catalog.pg_tables
        WHERE schemaname = $1 AND NOT (
            SELECT bool_and(has_table_privilege(format('%I.%I', schemaname, tablename), it))
            FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS it)
        ORDER BY 1";
    let rows = connection.query(unusable, &[&schema]).await?;
    let unusable: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let tables = "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = $1";
    let rows = connection.query(tables, &[&schema]).await?;
    let tables: BTreeSet<String> =
        rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let has_users = if tables.contains(USERS) && !unusable.iter().any(|it| it == USERS) {
        let users = Postgres.qualified(schema, USERS);
        let statement = format!("SELECT EXISTS (SELECT FROM {users})");
        Some(connection.query_one(&statement, &[]).await?.try_get(0)?)
    } else {
        None
    };
    let transaction = connection.transaction().await?;
    // What a session of the account begins with, which ours does not.
    transaction.batch_execute("SET LOCAL search_path TO DEFAULT").await?;
    let row = transaction
        .query_one("SELECT current_schema()::text, current_setting('search_path')", &[])
        .await?;
    let (current_schema, search_path) = (row.try_get(0)?, row.try_get(1)?);
    transaction.rollback().await?;
    Ok(Facts {
        applied,
        current_schema,
        search_path,
        systems,
        tables,
        has_users,
        unusable,
        readiness,
    })
}

async fn read_systems(
    connection: &Connection,
    schema: &str,
) -> Result<Option<BTreeSet<String>>, Error> {
    if !has_table(connection, schema, SYSTEMS_ON_POSTGRES).await? {
        return Ok(None);
    }
    let table = Postgres.qualified(schema, SYSTEMS_ON_POSTGRES);
    let rows = connection.query(&format!("SELECT name::text FROM {table}"), &[]).await?;
    Ok(Some(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?))
}
