//! Builds a removed index or constraint.

use std::time::Instant;

use super::error::is_of_the_server;
use super::{BuiltDefinition, Definition, FailedDefinition};
use crate::ledger;
use crate::postgres::{Connection, Error};

/// PostgreSQL's errors for a relation, an object or a primary key that exists already.
const ALREADY_THERE: [&str; 3] = ["42P07", "42710", "42P16"];

/// The outcome of a build.
pub(super) enum Outcome {
    Built(BuiltDefinition),
    Failed(FailedDefinition),
    /// Another session built it.
    Present,
}

/// Builds it with `memory` KiB, and removes it from the ledger, in one transaction.
pub(super) async fn build(
    connection: &mut Connection,
    schema: &str,
    definition: &Definition,
    memory: u64,
) -> Result<Outcome, Error> {
    let since = Instant::now();
    let transaction = connection.transaction().await?;
    // The lock of the row waits for a statement that an earlier run left on the server.
    if !ledger::forget_definition(&transaction, schema, definition).await? {
        transaction.rollback().await?;
        return Ok(Outcome::Present);
    }
    let statement =
        format!("SET LOCAL maintenance_work_mem = '{memory}kB'; {}", definition.statement);
    let error = match transaction.batch_execute(&statement).await {
        Ok(()) => {
            transaction.commit().await?;
            return Ok(Outcome::Built(BuiltDefinition {
                table: definition.table.clone(),
                name: definition.name.clone(),
                seconds: since.elapsed().as_secs_f64(),
            }));
        }
        Err(error) if is_of_the_server(&error) => return Err(error),
        Err(Error::Server(error)) => error,
        Err(error) => return Err(error),
    };
    transaction.rollback().await?;
    if ALREADY_THERE.contains(&error.sqlstate.as_str()) {
        ledger::forget_definition(connection, schema, definition).await?;
        return Ok(Outcome::Present);
    }
    Ok(Outcome::Failed(FailedDefinition {
        table: definition.table.clone(),
        name: definition.name.clone(),
        sqlstate: error.sqlstate,
        message: error.message,
    }))
}
