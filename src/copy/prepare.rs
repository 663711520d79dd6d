//! Prepares the target for the rows, in one transaction.

use super::loss::refuse_loss;
use super::plan::Plan;
use super::table::{TablePart, TableWork};
use super::{Definition, Error, LossConsent};
use crate::convert::{ColumnZone, TimeZones};
use crate::ledger::{self, ColumnZones, CopySource, PartBounds};
use crate::postgres::{Connection, Transaction};
use crate::sql::Dialect::Postgres;

/// Writes the ledger, empties tables as planned, and removes indexes and foreign keys after recording their
/// definitions in the ledger; all of it or nothing.
pub(super) async fn prepare(
    connection: &mut Connection,
    schema: &str,
    source: &CopySource,
    plan: &Plan,
    consent: &LossConsent,
    zones: &TimeZones,
) -> Result<(), Error> {
    connection.use_schema(schema).await?;
    let transaction = connection.transaction().await?;
    ledger::create(&transaction).await?;
    lock(&transaction, plan).await?;
    refuse_loss(&transaction, schema, plan, consent).await?;
    let new: Vec<_> = plan.tables.iter().filter(|table| table.is_new()).collect();
    let names: Vec<_> = new.iter().map(|table| table.plan.target.as_str()).collect();
    ledger::forget_tables(&transaction, schema, &names).await?;
    let removed: Vec<_> =
        plan.foreign_keys.iter().chain(new.iter().flat_map(|table| &table.definitions)).collect();
    ledger::record_definitions(&transaction, schema, removed.iter().copied()).await?;
    transaction.batch_execute(&statements(&removed, &new)).await?;
    let tables = new.iter().map(|table| (table.plan.target.as_str(), parts(table)));
    ledger::enter_tables(&transaction, schema, tables).await?;
    for table in &plan.tables {
        let zones = column_zones(table, zones);
        ledger::record_time_zones(&transaction, schema, &table.plan.target, &zones).await?;
    }
    begin(&transaction, schema, source, plan).await?;
    Ok(transaction.commit().await?)
}

/// Locks the tables to be emptied, so that no row is inserted between the check and the deletion.
async fn lock(transaction: &Transaction<'_>, plan: &Plan) -> Result<(), Error> {
    let emptied: Vec<_> =
        plan.tables.iter().filter(|it| it.empty_first).map(|it| it.plan.target.as_str()).collect();
    if emptied.is_empty() {
        return Ok(());
    }
    let statement =
        format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", Postgres.identifiers(emptied));
    Ok(transaction.batch_execute(&statement).await?)
}

/// The statements that change the tables themselves.
fn statements(removed: &[&Definition], new: &[&TableWork]) -> String {
    let mut statements: Vec<_> = removed.iter().map(|definition| definition.removal()).collect();
    // One statement, because tables may refer to each other.
    let emptied: Vec<_> =
        new.iter().filter(|it| it.empty_first).map(|it| it.plan.target.as_str()).collect();
    if !emptied.is_empty() {
        statements.push(format!("TRUNCATE {}", Postgres.identifiers(emptied)));
    }
    statements.join(";\n")
}

fn parts(table: &TableWork) -> Vec<(i32, PartBounds)> {
    let bounds = |part: &TablePart| {
        let [lower, upper] = part.rows.encode();
        (part.number, PartBounds { lower, upper })
    };
    table.parts.iter().map(bounds).collect()
}

/// The zones in which the local times of a table are converted.
fn column_zones(table: &TableWork, zones: &TimeZones) -> ColumnZones {
    let columns = table.plan.source_columns();
    let known = columns.filter_map(|column| match zones.of(&table.plan.source, column)? {
        ColumnZone::Known(times) => Some((column.to_owned(), times.clone())),
        ColumnZone::Unknown => None,
    });
    known.collect()
}

/// Records the copy as a whole. The source's position stays that of the first run until all tables are copied
/// again.
async fn begin(
    transaction: &Transaction<'_>,
    schema: &str,
    source: &CopySource,
    plan: &Plan,
) -> Result<(), Error> {
    if plan.replaces_all {
        ledger::begin_copy(transaction, schema, source).await?;
    } else if plan.changes_rows() {
        ledger::resume_copy(transaction, schema, source.start.as_ref()).await?;
    }
    Ok(())
}
