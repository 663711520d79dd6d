//! Runs migrations inside one transaction with refinery.

use refinery::{Migration as Step, Runner};
use refinery_core::AsyncMigrate;
use refinery_core::traits::r#async::{AsyncQuery, AsyncTransaction};

use super::{Error, Migration};
use crate::postgres::{self, Transaction};
use crate::progress::{Progress, Task, TaskSize, TaskUnit};
use crate::sql::Dialect::Postgres;

/// refinery's history table: temporary, and invisible to Mattermost. Only `db_migrations`, which Mattermost
/// uses too, records applied migrations.
const HISTORY: &str = "pg_temp.refinery_schema_history";

/// The progress of running migrations.
pub(crate) const MIGRATIONS: &str = "migrations";

/// Applies `pending` in order, each with its row in `db_migrations`.
pub(super) async fn apply(
    transaction: &Transaction<'_>,
    pending: &[&Migration],
    progress: &dyn Progress,
) -> Result<(), Error> {
    if pending.is_empty() {
        return Ok(());
    }
    let size = TaskSize::of(pending.len() as u64, TaskUnit::Named);
    let task = Task::begin(progress, MIGRATIONS, size);
    let steps: Vec<Step> = pending.iter().copied().map(step).collect();
    let mut runner = Runner::new(&steps);
    runner.set_migration_table_name(HISTORY);
    let mut uncommitted =
        UncommittedTransaction { transaction, task: &task, steps: 0, failure: None };
    let outcome = runner.run_async(&mut uncommitted).await;
    if let Some(source) = uncommitted.failure {
        let migration = pending[uncommitted.steps.min(pending.len() - 1)];
        return Err(Error::Failed {
            number: migration.number,
            name: migration.name.clone(),
            source,
        });
    }
    outcome.map_err(Error::Refinery)?;
    transaction.batch_execute(&format!("DROP TABLE {HISTORY}")).await?;
    task.finish();
    Ok(())
}

/// The row that Mattermost's own migrator writes for a migration.
pub(super) fn bookkeeping_row(migration: &Migration) -> String {
    let name = Postgres.literal(&migration.name);
    format!("INSERT INTO db_migrations (version, name) VALUES ({}, {name})", migration.number)
}

fn step(migration: &Migration) -> Step {
    let word = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    let name: String = migration.name.chars().map(word).collect();
    let sql = format!("{}\n;{}", migration.sql, bookkeeping_row(migration));
    Step::unapplied(&format!("V{}__{name}", migration.number), &sql)
        .expect("a number and a word make a name that refinery takes")
}

/// A transaction for refinery that never commits: the caller does, when everything is done.
struct UncommittedTransaction<'a, 'c> {
    transaction: &'a Transaction<'c>,
    task: &'a Task<'a>,
    steps: usize,
    failure: Option<postgres::Error>,
}

/// The failure itself is in the transaction, with its type.
#[derive(Debug, thiserror::Error)]
#[error("a statement failed")]
struct StatementFailed;

impl AsyncTransaction for UncommittedTransaction<'_, '_> {
    type Error = StatementFailed;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &'a mut self,
        queries: T,
    ) -> Result<usize, StatementFailed> {
        let mut count = 0;
        for query in queries {
            if let Err(error) = self.transaction.batch_execute(query).await {
                self.failure = Some(error);
                return Err(StatementFailed);
            }
            count += 1;
        }
        // refinery sends a migration and its own record of it together.
        if count > 1 {
            self.steps += 1;
            self.task.advance(1);
        }
        Ok(count)
    }
}

impl AsyncQuery<Vec<Step>> for UncommittedTransaction<'_, '_> {
    /// The history starts with the run, so it is empty.
    async fn query<'a>(&'a mut self, _query: &'a str) -> Result<Vec<Step>, StatementFailed> {
        Ok(Vec::new())
    }
}

impl AsyncMigrate for UncommittedTransaction<'_, '_> {}
