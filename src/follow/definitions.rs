//! Builds the indexes and constraints that wait until rows fit together.

use super::Error;
use super::open::connect;
use crate::ledger::{self, Definition};
use crate::postgres::{self, Connection};

/// Builds everything that waited, once nothing writes to the source any more; the names.
pub async fn finish(target: &postgres::Dsn, schema: &str) -> Result<Vec<String>, Error> {
    let mut connection = connect(target, schema).await?;
    build_definitions(&mut connection, schema, |_| true).await
}

/// Builds the recorded definitions for which `wanted` holds, each in the transaction that removes it from
/// the ledger; their names.
pub async fn build_definitions(
    connection: &mut Connection,
    schema: &str,
    wanted: impl Fn(&Definition) -> bool,
) -> Result<Vec<String>, Error> {
    let recorded = ledger::read_copy(connection, schema).await?.removed;
    let mut built = Vec::new();
    for definition in recorded.into_iter().filter(|it| wanted(it)) {
        let failed = |source| Error::Build { name: definition.name.clone(), source };
        let transaction = connection.transaction().await?;
        if ledger::forget_definition(&transaction, schema, &definition).await? {
            transaction.batch_execute(&definition.statement).await.map_err(failed)?;
            built.push(definition.name.clone());
        }
        transaction.commit().await?;
    }
    Ok(built)
}
