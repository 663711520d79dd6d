//! Runs pending migrations on a target: one transaction for all, by refinery.

use serde::Serialize;

use super::steps::{self, bookkeeping_row};
use super::{Applied, Error, Migration, Plan, plan, tables_with_rows};
use crate::postgres::{Connection, Transaction, applied_migrations};
use crate::progress::Progress;
use crate::release::MigrationSet;
use crate::sql::Dialect::Postgres;

/// The table in which Mattermost's own migrator keeps what it has applied, as it creates it.
const BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS db_migrations (
    version bigint NOT NULL PRIMARY KEY,
    name varchar NOT NULL
)";

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunReport {
    /// The numbers that were applied now.
    pub applied: MigrationSet,
    /// How many were there before.
    pub present: usize,
    /// What the target has beyond a directory of files; one that is beyond a set is refused.
    pub beyond: MigrationSet,
}

/// Brings `schema` to the set `wanted`, in one transaction: it stands whole or is left as it was. One that
/// has more than that set is left alone.
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
        return Err(Error::Ahead { numbers: plan.beyond });
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

/// Brings `schema` to what a directory of Mattermost's own files holds.
///
/// Files that must not run inside a transaction run by themselves, so the run is as many transactions
/// as they make necessary; each leaves `db_migrations` true, and a second run goes on from there.
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

/// Begins a transaction in which unqualified names are the schema's, and no other run interferes.
async fn begin<'a>(connection: &'a mut Connection, schema: &str) -> Result<Transaction<'a>, Error> {
    let transaction = connection.transaction().await?;
    let path = Postgres.identifier(schema);
    transaction.batch_execute(&format!("SET LOCAL search_path = {path}")).await?;
    let lock = "SELECT pg_advisory_xact_lock(hashtext('migration-assist'), hashtext($1))";
    transaction.query(lock, &[&schema]).await?;
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
    let what = migration.name.as_str();
    progress.begin(what, None);
    let failed =
        |source| Error::Failed { number: migration.number, name: migration.name.clone(), source };
    connection.batch_execute(&migration.sql).await.map_err(failed)?;
    connection.batch_execute(&bookkeeping_row(migration)).await.map_err(failed)?;
    progress.finish(what);
    Ok(())
}

/// Refuses where a pending migration would have to change rows that are there: ours do not, and
/// Mattermost would take it for done.
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
