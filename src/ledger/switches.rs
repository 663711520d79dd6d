//! Cutovers of a configuration that is stored in the target's database.

use super::{Error, create, exists, value};
use crate::postgres::Connection;

/// Records a cutover, in its transaction: the row that was active, and the one that is now. Makes the
/// ledger if there is none.
pub async fn record_switch(
    connection: &Connection,
    schema: &str,
    kept: &str,
    active: &str,
) -> Result<(), Error> {
    create(connection).await?;
    let statement = "INSERT INTO migration_assist.config_switches (target_schema, kept, active)
        VALUES ($1, $2, $3)";
    connection.execute(statement, &[&schema, &kept, &active]).await?;
    Ok(())
}

/// Removes the record of the last cutover, in the transaction that undoes it: the row that was active
/// before it; `None` if there is no record.
pub async fn take_switch(connection: &Connection, schema: &str) -> Result<Option<String>, Error> {
    if !exists(connection).await? {
        return Ok(None);
    }
    let statement = "DELETE FROM migration_assist.config_switches WHERE number = (
            SELECT max(number) FROM migration_assist.config_switches WHERE target_schema = $1)
        RETURNING kept";
    let row = connection.query_opt(statement, &[&schema]).await?;
    row.map(|row| value(&row, 0)).transpose()
}

/// When the last cutover of a schema was made, in milliseconds since 1970; `None` if there is no record.
pub async fn last_switch_time(connection: &Connection, schema: &str) -> Result<Option<i64>, Error> {
    if !exists(connection).await? {
        return Ok(None);
    }
    let statement = "SELECT floor(extract(epoch FROM max(switched_at)) * 1000)::bigint
        FROM migration_assist.config_switches WHERE target_schema = $1";
    value(&connection.query_one(statement, &[&schema]).await?, 0)
}
