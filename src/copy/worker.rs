//! A worker, which takes tasks from the queue.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use tokio::sync::Notify;

use super::build::{self, Outcome};
use super::builds::Builds;
use super::isolate::is_about_a_row;
use super::large_rows::LargeRowLimiter;
use super::load::{Load, Loaded};
use super::queue::{Queue, Task};
use super::table::TableWork;
use super::{
    BuiltDefinition, Definition, Error, FailedDefinition, OnError, RowProblem, SharedQuarantine,
    Stage,
};
use crate::ledger;
use crate::postgres::{self, BuildMemory};
use crate::progress::{Progress, TaskSize};
use crate::source::Session;

/// From so many rows on, starting further processes for a sort is worth the while.
const PARALLEL_FROM: u64 = 1_000_000;

/// The state that all workers share.
pub(super) struct Shared {
    pub(super) schema: String,
    pub(super) memory: BuildMemory,
    pub(super) on_error: OnError,
    pub(super) tables: Vec<TableWork>,
    pub(super) limiter: LargeRowLimiter,
    /// Whether the progress of each table has begun.
    pub(super) begun: Vec<AtomicBool>,
    pub(super) queue: Mutex<Queue>,
    pub(super) changed: Notify,
    pub(super) results: Mutex<Results>,
    pub(super) quarantine: SharedQuarantine,
    pub(super) progress: Arc<dyn Progress>,
    pub(super) builds: Builds,
}

/// The results of the workers.
#[derive(Default)]
pub(super) struct Results {
    pub(super) quarantined: Vec<RowProblem>,
    pub(super) built: Vec<BuiltDefinition>,
    pub(super) not_built: Vec<FailedDefinition>,
}

impl Shared {
    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no worker panics with the queue in hand")
    }

    fn results(&self) -> MutexGuard<'_, Results> {
        self.results.lock().expect("no worker panics with the results in hand")
    }

    /// Waits for the next task of a worker; `None` when all is done.
    async fn next(&self, loads: Loads) -> Option<Task> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut queue = self.queue();
                let may_load = |table| loads == Loads::All || !self.limiter.is_known(table);
                if let Some(task) = queue.take(may_load) {
                    return Some(task);
                }
                if queue.is_finished() {
                    return None;
                }
            }
            changed.await;
        }
    }

    fn table_of(&self, definition: &Definition) -> Option<&TableWork> {
        self.tables.iter().find(|table| table.plan.target == definition.table)
    }

    /// The work of building a definition, in tenths of a microsecond.
    pub(super) fn work_of(&self, definition: &Definition) -> u64 {
        self.table_of(definition).map_or(0, |it| it.size.rows * it.work_per_row(definition))
    }

    /// The memory for building a definition, in KiB.
    fn memory_for(&self, definition: &Definition) -> u64 {
        let rows = self.table_of(definition).map_or(0, |table| table.size.rows);
        if !definition.is_sorted() {
            return self.memory.most();
        }
        // The other indexes of its table wait for a key, and nothing is left to build next to the last one.
        let is_awaited =
            definition.stage == Stage::Key || self.queue().definitions().next().is_none();
        if is_awaited && rows >= PARALLEL_FROM {
            self.memory.of_a_parallel_sort(rows)
        } else {
            self.memory.of_a_sort(rows)
        }
    }

    fn begin(&self, table: usize) {
        if !self.begun[table].swap(true, Ordering::Relaxed) {
            let TableWork { plan, size, .. } = &self.tables[table];
            self.progress.begin(&plan.source, TaskSize::rows(size.rows));
        }
    }

    fn complete(&self, task: &Task) {
        let loaded = self.queue().complete(task);
        if let (Task::Load { table, .. }, true) = (task, loaded) {
            self.progress.finish(&self.tables[*table].plan.source);
        }
        self.changed.notify_waiters();
    }
}

/// Which tables a worker loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loads {
    All,
    /// Those without large rows, for which a session keeps its buffers.
    SmallRows,
}

/// A worker, with a session on each side.
pub(super) struct Worker {
    pub(super) loads: Loads,
    pub(super) shared: Arc<Shared>,
    pub(super) source: Session,
    pub(super) target: postgres::Connection,
}

impl Worker {
    /// Works until no task is left.
    pub(super) async fn run(mut self) -> Result<(), Error> {
        let shared = Arc::clone(&self.shared);
        while let Some(task) =
            self.source.wait_for(shared.next(self.loads)).await.map_err(Error::Source)?
        {
            match &task {
                Task::Load { table, part } => self.load(*table, *part).await?,
                Task::Build { definition, .. } => {
                    let what = format!("index {}", definition.name);
                    shared.progress.begin(&what, TaskSize::UNKNOWN);
                    let memory = shared.memory_for(definition);
                    shared.builds.begin(self.target.id(), shared.work_of(definition));
                    let outcome =
                        build::build(&mut self.target, &shared.schema, definition, memory);
                    let outcome = self.source.wait_for(outcome).await.map_err(Error::Source)?;
                    let outcome = outcome.map_err(|source| Error::Write {
                        table: definition.table.clone(),
                        source,
                    })?;
                    match outcome {
                        Outcome::Built(built) => shared.results().built.push(built),
                        Outcome::Failed(failed) => shared.results().not_built.push(failed),
                        Outcome::Present => {}
                    }
                    shared.progress.finish(&what);
                    shared.builds.end(self.target.id(), &*shared.progress);
                }
            }
            shared.complete(&task);
        }
        Ok(())
    }

    async fn load(&mut self, table: usize, part: usize) -> Result<(), Error> {
        let shared = Arc::clone(&self.shared);
        shared.begin(table);
        let work = &shared.tables[table];
        let load = Load {
            schema: &shared.schema,
            table: work,
            place: table,
            limiter: &shared.limiter,
            part: &work.parts[part],
            on_error: shared.on_error,
            records_losses: self.source.doubts().iter().any(|doubt| !doubt.is_about_rows()),
            quarantine: &shared.quarantine,
            progress: &*shared.progress,
        };
        match self.load_part(&load).await {
            Ok(quarantined) => shared.results().quarantined.extend(quarantined),
            Err(error) => {
                let target = &work.plan.target;
                let failure = error.to_string();
                // The first error is reported, even if it cannot be recorded.
                let _ =
                    ledger::record_failure(&self.target, &shared.schema, target, &failure).await;
                return Err(error);
            }
        }
        Ok(())
    }

    async fn load_part(&mut self, load: &Load<'_>) -> Result<Vec<RowProblem>, Error> {
        match self.attempt(load, Manner::Stream).await {
            Err(error) if is_about_a_row(&error) => self.attempt(load, Manner::Isolate).await,
            outcome => outcome,
        }
    }

    /// Copies a part and records it, in one transaction.
    async fn attempt(&mut self, load: &Load<'_>, manner: Manner) -> Result<Vec<RowProblem>, Error> {
        let since = Instant::now();
        let failed = |error| load.write(error);
        let (schema, table) = (load.schema, load.table.plan.target.as_str());
        let number = load.part.number;
        let transaction = self.target.transaction().await.map_err(failed)?;
        let claim = ledger::claim_part(&transaction, schema, table, number);
        if !claim.await.map_err(failed)? {
            transaction.rollback().await.map_err(failed)?;
            return Ok(Vec::new());
        }
        let outcome = match manner {
            Manner::Stream => load.stream(&mut self.source, &transaction).await,
            Manner::Isolate => load.isolate(&mut self.source, &transaction).await,
        };
        let Loaded { mut counts, quarantined } = match outcome {
            Ok(loaded) => loaded,
            Err(error) => {
                // The first error is reported; without a rollback, the end of the session has the same effect.
                let _ = transaction.rollback().await;
                return Err(error);
            }
        };
        counts.seconds = since.elapsed().as_secs_f64();
        let finish = ledger::finish_part(&transaction, schema, table, number, &counts);
        finish.await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(quarantined)
    }
}

#[derive(Clone, Copy)]
enum Manner {
    Stream,
    Isolate,
}
