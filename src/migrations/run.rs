//! Runs pending migrations on a target in one transaction.

use schemars::JsonSchema;
use serde::Serialize;

use super::steps::{self, bookkeeping_row};
use super::{Applied, Error, Migration, Plan, plan, tables_with_rows};
use crate::postgres::{Connection, Transaction, applied_migrations};
use crate::progress::{Progress, Task, TaskSize};
use crate::release::{MigrationSet, release_range};
use crate::sql::Dialect::Postgres;

/// The table of applied migrations, as Mattermost's own migrator creates it.
const BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS db_migrations (
    version bigint NOT NULL PRIMARY KEY,
    name varchar NOT NULL
)";

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunReport {
    /// The migrations that this run applied.
    pub applied: MigrationSet,
    /// The number of migrations that were applied before.
    pub present: usize,
    /// The migrations of the target that a directory of files lacks; for a set, that is an error.
    pub beyond: MigrationSet,
}

/// Migrates `schema` to the set `wanted` in one transaction: completely or not at all. A schema with more
/// migrations is refused. The session holds the schema's lock ([`crate::postgres::take_exclusive`]).
pub async fn run(
    connection: &mut Connection,
    schema: &str,
    wanted: &MigrationSet,
    progress: &dyn Progress,
) -> Result<RunReport, Error> {
    let transaction = begin(connection, schema).await?;
    let rows = read_applied(&transaction, schema).await?;
    let plan = plan(&rows, wanted)?;
    if !plan.beyond.is_empty() {
        let present: MigrationSet = rows.iter().map(|row| row.number).collect();
        return Err(Error::Ahead { numbers: plan.beyond, release: release_range(&present) });
    }
    refuse_to_leave_rows_behind(&transaction, schema, &plan).await?;
    steps::apply(&transaction, &plan.pending, progress).await?;
    transaction.commit().await?;
    Ok(RunReport {
        applied: plan.pending.iter().map(|migration| migration.number).collect(),
        present: rows.len(),
        beyond: MigrationSet::default(),
    })
}

/// Migrates `schema` to the files of a directory.
///
/// Files that must not run inside a transaction run separately, so a run has as many transactions as
/// necessary; `db_migrations` is correct after each, and a second run resumes from there.
pub async fn run_directory(
    connection: &mut Connection,
    schema: &str,
    directory: &super::Directory,
    progress: &dyn Progress,
) -> Result<RunReport, Error> {
    let transaction = begin(connection, schema).await?;
    let rows = read_applied(&transaction, schema).await?;
    transaction.commit().await?;
    let pending: Vec<&Migration> = directory
        .migrations
        .iter()
        .filter(|migration| rows.iter().all(|row| row.name != migration.name))
        .collect();
    for group in pending.chunk_by(|before, after| before.transactional && after.transactional) {
        if group[0].transactional {
            let transaction = begin(connection, schema).await?;
            steps::apply(&transaction, group, progress).await?;
            transaction.commit().await?;
        } else {
            connection.use_schema(schema).await?;
            for migration in group {
                apply_alone(connection, migration, progress).await?;
            }
        }
    }
    let present = rows.iter().map(|row| row.number).collect::<MigrationSet>();
    let held = directory.migrations.iter().map(|migration| migration.number).collect();
    Ok(RunReport {
        applied: pending.iter().map(|migration| migration.number).collect(),
        present: rows.len(),
        beyond: present.without(&held),
    })
}

/// Begins a transaction that uses the schema for unqualified names.
async fn begin<'a>(connection: &'a mut Connection, schema: &str) -> Result<Transaction<'a>, Error> {
    let transaction = connection.transaction().await?;
    let path = Postgres.identifier(schema);
    transaction.batch_execute(&format!("SET LOCAL search_path = {path}")).await?;
    Ok(transaction)
}

async fn read_applied(transaction: &Transaction<'_>, schema: &str) -> Result<Vec<Applied>, Error> {
    transaction.batch_execute(BOOKKEEPING).await?;
    let rows = applied_migrations(transaction, schema).await?.unwrap_or_default();
    Ok(rows.into_iter().map(|(number, name)| Applied { number, name }).collect())
}

async fn apply_alone(
    connection: &Connection,
    migration: &Migration,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let task = Task::begin(progress, &migration.name, TaskSize::UNKNOWN);
    let failed =
        |source| Error::Failed { number: migration.number, name: migration.name.clone(), source };
    connection.batch_execute(&migration.sql).await.map_err(failed)?;
    connection.batch_execute(&bookkeeping_row(migration)).await.map_err(failed)?;
    task.finish();
    Ok(())
}

/// Refuses if a pending migration would have to change existing rows: the SQL here does not change rows,
/// and Mattermost would take the migration for done.
async fn refuse_to_leave_rows_behind(
    transaction: &Transaction<'_>,
    schema: &str,
    plan: &Plan,
) -> Result<(), Error> {
    let changing = plan.pending.iter().filter(|migration| migration.changes_rows);
    let numbers: MigrationSet = changing.map(|migration| migration.number).collect();
    if numbers.is_empty() {
        return Ok(());
    }
    match tables_with_rows(transaction, schema).await?.into_iter().next() {
        Some(table) => Err(Error::RowsWouldBeLeftBehind { numbers, table }),
        None => Ok(()),
    }
}
