//! Undoes what a run has done to the target.

use super::Error;
use super::plan::Plan;
use super::table::TableWork;
use crate::ledger;
use crate::postgres::Connection;
use crate::sql::Dialect::Postgres;

/// Empties the tables that this run began, and builds the definitions that it removed, in one transaction: then no
/// run has begun these tables.
pub(super) async fn undo(
    connection: &mut Connection,
    schema: &str,
    plan: &Plan,
) -> Result<(), Error> {
    let new: Vec<&TableWork> = plan.tables.iter().filter(|table| table.is_new()).collect();
    let names: Vec<&str> = new.iter().map(|table| table.plan.target.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction().await?;
    transaction.batch_execute(&format!("TRUNCATE {}", Postgres.identifiers(names.clone()))).await?;
    ledger::forget_tables(&transaction, schema, &names).await?;
    let removed = new.iter().flat_map(|table| &table.definitions).chain(&plan.foreign_keys);
    for definition in removed {
        if ledger::forget_definition(&transaction, schema, definition).await? {
            transaction.batch_execute(&definition.statement).await?;
        }
    }
    Ok(transaction.commit().await?)
}
