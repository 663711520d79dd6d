//! Builds the indexes and constraints that wait until rows fit together.

use super::Error;
use super::open::connect;
use crate::ledger::{self, Definition};
use crate::postgres::{self, Connection};

/// Builds everything that waited, once nothing writes to the source any more; the names.
pub async fn finish(target: &postgres::Dsn, schema: &str) -> Result<Vec<String>, Error> {
    let mut connection = connect(target, schema).await?;
    let mut built = Vec::new();
    build_definitions(&mut connection, schema, |_| true, &mut built).await?;
    Ok(built)
}

/// Builds the recorded definitions for which `wanted` holds, each in the transaction that removes it from
/// the ledger; adds their names to `built`, those before an error included.
pub async fn build_definitions(
    connection: &mut Connection,
    schema: &str,
    wanted: impl Fn(&Definition) -> bool,
    built: &mut Vec<String>,
) -> Result<(), Error> {
    let recorded = ledger::read_copy(connection, schema).await?.removed;
    for definition in recorded.into_iter().filter(|it| wanted(it)) {
        let failed = |source| Error::Build { name: definition.name.clone(), source };
        let transaction = connection.transaction().await?;
        let is_recorded = ledger::forget_definition(&transaction, schema, &definition).await?;
        if is_recorded {
            transaction.batch_execute(&definition.statement).await.map_err(failed)?;
        }
        transaction.commit().await?;
        if is_recorded {
            built.push(definition.name);
        }
    }
    Ok(())
}
