//! The course of a copy, from two DSNs to a report.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::large_rows::LargeRowLimiter;
use super::plan::Plan;
use super::planned::{Keep, PlannedCopy, open, settle};
use super::prepare::prepare;
use super::queue::Queue;
use super::worker::{Results, Shared, Worker};
use super::{
    ALL_INDEXES, ALL_TABLES, CopyCounts, CopyOptions, CopyReport, Error, FullText,
    SharedQuarantine, Stage, TableReport, exclusive, split,
};
use crate::ledger::{self, CopyRecord, CopySource, Phase, TableRecord};
use crate::mysql::SourcePosition;
use crate::postgres::{self, BuildMemory};
use crate::progress::Progress;
use crate::source::{self, Session, Snapshot, Source, open_snapshot, wait_for_all};

/// Copies the rows of all tables that both sides have, or goes on where an earlier run was ended.
pub async fn copy(
    source: impl Into<Source>,
    target: &postgres::Dsn,
    options: &CopyOptions,
    quarantine: SharedQuarantine,
    progress: Arc<dyn Progress>,
) -> Result<CopyReport, Error> {
    Box::pin(open(source, target, options)).await?.run(quarantine, progress).await
}

impl PlannedCopy {
    /// Copies.
    pub async fn run(
        self,
        quarantine: SharedQuarantine,
        progress: Arc<dyn Progress>,
    ) -> Result<CopyReport, Error> {
        // What is in hand meanwhile is large, and callers keep it in their own futures.
        Box::pin(run_copy(self, quarantine, progress)).await
    }
}

async fn run_copy(
    pending: PlannedCopy,
    quarantine: SharedQuarantine,
    progress: Arc<dyn Progress>,
) -> Result<CopyReport, Error> {
    let since = Instant::now();
    let PlannedCopy { source, target, options, mut control, .. } = pending;
    // What came between may have taken long.
    let mut reading = Session::open(&source).await?;
    let (situation, mut plan, created) =
        settle(&mut reading, &mut control, &target, &options, Keep::Tables).await?;
    let locked: Vec<_> = plan.tables.iter().map(|table| table.plan.source.as_str()).collect();
    let jobs = options.jobs.max(1);
    let mut snapshot = open_snapshot(&source, &mut reading, &locked, jobs).await?;
    drop(reading);
    split_tables(&mut snapshot.readers, &mut plan, options.part_bytes).await?;
    if let Source::Dump(dump) = &source {
        // What is packed is read from its start to its end.
        plan.tables.sort_by_key(|table| dump.order(&table.plan.source));
    }
    let origin = copy_source(situation.source_name, snapshot.position.as_ref());
    let position = origin.position.clone();
    // It may wait for others who use the tables.
    let (consent, zones) = (&options.consent, &options.time_zones);
    let prepared = prepare(&mut control, &options.schema, &origin, &plan, consent, zones);
    wait_for_all(&mut snapshot.readers, prepared).await??;
    let prepared = ledger::read_copy(&control, &options.schema);
    let prepared = wait_for_all(&mut snapshot.readers, prepared).await??;
    let readers = std::mem::take(&mut snapshot.readers);
    let memory = BuildMemory::of(&target, readers.len());
    let shared = share(&plan, &prepared, &options, memory, quarantine, Arc::clone(&progress));
    progress.begin(ALL_TABLES, Some(plan.tables.iter().map(|table| table.size.rows).sum()));
    let lacking =
        shared.queue().definitions().map(|definition| shared.rows_under(definition)).sum();
    progress.begin(ALL_INDEXES, Some(lacking));
    let workers = open_workers(readers, &target, &shared).await?;
    let clock = WorkClock { since, before: prepared.worked_seconds };
    run_workers(workers, &control, &options.schema, &clock).await?;
    progress.finish(ALL_TABLES);
    progress.finish(ALL_INDEXES);
    finish(&control, &options.schema, &plan, &situation.ledger, &clock).await?;
    // All rows are there, even if the source cannot be asked any more.
    let changed = has_changed(&source, &snapshot).await;
    let ledger = ledger::read_copy(&control, &options.schema).await?;
    let results = std::mem::take(&mut *shared.results.lock().expect("the workers are gone"));
    let mut report = report(&plan, &ledger, &snapshot, results);
    match changed {
        Ok(changed) => report.source_changed = changed,
        Err(error) => report.source_check_error = Some(error.to_string()),
    }
    report.created = created;
    if let Source::Dump(dump) = &source {
        report.doubts = dump.doubts().to_vec();
    }
    report.source_changed_between_runs = report
        .is_resumed()
        .then(|| match snapshot.position {
            Some(_) => Some(ledger.source.as_ref()?.position.as_deref()? != position.as_deref()?),
            None => Some(false),
        })
        .flatten();
    report.seconds = since.elapsed().as_secs_f64();
    Ok(report)
}

/// Everything that is to be done, for all workers to see.
fn share(
    plan: &Plan,
    ledger: &CopyRecord,
    options: &CopyOptions,
    memory: BuildMemory,
    quarantine: SharedQuarantine,
    progress: Arc<dyn Progress>,
) -> Arc<Shared> {
    let mut queue = Queue::default();
    let wanted = |stage| stage != Stage::FullText || options.full_text == FullText::Build;
    for table in &plan.tables {
        let parts = table.parts.iter().enumerate();
        let parts = parts.filter_map(|(place, part)| (!part.is_done).then_some(place));
        let lacking = ledger.removed.iter().filter(|definition| {
            definition.table == table.plan.target
                && definition.stage != Stage::ForeignKey
                && wanted(definition.stage)
        });
        queue.add_table(parts, lacking.cloned());
    }
    let links = ledger.removed.iter().filter(|definition| definition.stage == Stage::ForeignKey);
    links.cloned().for_each(|definition| queue.add_foreign_key(definition));
    Arc::new(Shared {
        schema: options.schema.clone(),
        memory,
        on_error: options.on_error,
        tables: plan.tables.clone(),
        gate: LargeRowLimiter::new(&plan.tables),
        begun: plan.tables.iter().map(|_| AtomicBool::default()).collect(),
        queue: Mutex::new(queue),
        changed: Notify::new(),
        results: Mutex::default(),
        quarantine,
        progress,
    })
}

/// Splits the tables that no run has begun with; the first reader reads the keys.
async fn split_tables(
    readers: &mut [Session],
    plan: &mut Plan,
    part_bytes: u64,
) -> Result<(), Error> {
    let Some((reader, idle)) = readers.split_first_mut() else { return Ok(()) };
    let splitting = async {
        for table in plan.tables.iter_mut().filter(|table| table.is_new()) {
            split::split(reader, table, part_bytes).await?;
        }
        Ok(())
    };
    wait_for_all(idle, splitting).await?
}

/// Gives each reader a session with the target.
async fn open_workers(
    mut readers: Vec<Session>,
    target: &postgres::Dsn,
    shared: &Arc<Shared>,
) -> Result<Vec<Worker>, Error> {
    let opened = open_targets(target, &shared.schema, readers.len());
    let targets = wait_for_all(&mut readers, opened).await??;
    let pairs = readers.into_iter().zip(targets);
    let workers =
        pairs.map(|(source, target)| Worker { shared: Arc::clone(shared), source, target });
    Ok(workers.collect())
}

async fn open_targets(
    target: &postgres::Dsn,
    schema: &str,
    count: usize,
) -> Result<Vec<postgres::Connection>, Error> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        let target = postgres::Connection::connect(target).await?;
        exclusive::mark_worker(&target, schema).await?;
        target.use_schema(schema).await?;
        // A crash of the server can take the last parts back, and the ledger's word of them with
        // them. What marks the copy as complete waits for the disk.
        target.batch_execute("SET synchronous_commit = off").await?;
        connections.push(target);
    }
    Ok(connections)
}

fn copy_source(name: String, moment: Option<&SourcePosition>) -> CopySource {
    let position = moment.and_then(SourcePosition::position).map(ToString::to_string);
    let (time, last_write) = moment.map(SourcePosition::times).unwrap_or_default();
    let (time, last_write) = (time.map(str::to_owned), last_write.map(str::to_owned));
    CopySource { name, position, time, last_write }
}

/// How long the runs of a copy have worked.
struct WorkClock {
    /// When this run began.
    since: Instant,
    /// How long earlier runs worked, in seconds.
    before: f64,
}

impl WorkClock {
    fn seconds(&self) -> f64 {
        self.before + self.since.elapsed().as_secs_f64()
    }
}

/// How often the time worked is recorded, so that a killed run loses no more than this.
const WORK_RECORDED_EVERY: Duration = Duration::from_secs(2);

/// Lets the workers work until all is done; the first error ends them all.
async fn run_workers(
    workers: Vec<Worker>,
    control: &postgres::Connection,
    schema: &str,
    clock: &WorkClock,
) -> Result<(), Error> {
    let mut tasks: JoinSet<Result<(), Error>> = workers.into_iter().map(Worker::run).collect();
    let mut outcome = Ok(());
    let mut tick = tokio::time::interval(WORK_RECORDED_EVERY);
    loop {
        let ended = tokio::select! {
            ended = tasks.join_next() => ended,
            _ = tick.tick() => {
                // Its session holds the lock that keeps other copies out.
                ledger::record_work(control, schema, clock.seconds()).await?;
                continue;
            }
        };
        let Some(ended) = ended else { break };
        outcome = match ended {
            Ok(outcome) => outcome,
            Err(failure) => match failure.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => unreachable!("nobody cancels the workers before they are awaited"),
            },
        };
        if outcome.is_err() {
            // Nothing of this run is to be under way when the next one begins.
            tasks.shutdown().await;
        }
    }
    outcome
}

/// Records that the copy is complete, and how long a complete one takes.
async fn finish(
    control: &postgres::Connection,
    schema: &str,
    plan: &Plan,
    before: &CopyRecord,
    clock: &WorkClock,
) -> Result<(), Error> {
    if !plan.changes_rows() {
        return Ok(ledger::confirm_copy(control, schema).await?);
    }
    // A copy of some tables after a complete one says nothing about the time that all take.
    if plan.replaces_all || before.finished_at.is_none() {
        ledger::record_phase(control, schema, Phase::Copy, clock.seconds()).await?;
    }
    ledger::record_work(control, schema, clock.seconds()).await?;
    Ok(ledger::finish_copy(control, schema).await?)
}

/// Whether the source has changed since the snapshot; `None` if that cannot be determined.
async fn has_changed(source: &Source, snapshot: &Snapshot) -> Result<Option<bool>, source::Error> {
    Session::open(source).await?.has_changed_since(snapshot.position.as_ref()).await
}

fn report(plan: &Plan, ledger: &CopyRecord, snapshot: &Snapshot, results: Results) -> CopyReport {
    let mut total = CopyCounts::default();
    let mut tables = Vec::with_capacity(plan.tables.len());
    for table in &plan.tables {
        let entry = ledger.tables.get(&table.plan.target);
        let counts = entry.map(TableRecord::counts).unwrap_or_default();
        total.add(&with_table(&table.plan.source, &counts));
        tables.push(TableReport {
            source: table.plan.source.clone(),
            target: table.plan.target.clone(),
            resumed: table.resumed,
            columns_left_out: table.plan.source_only.clone(),
            counts,
        });
    }
    let full_text = ledger.removed.iter().filter(|it| it.stage == Stage::FullText);
    CopyReport {
        tables,
        created: Vec::new(),
        total,
        quarantined: results.quarantined,
        built: results.built,
        not_built: results.not_built,
        left_to_post_migrate: full_text.map(|it| it.name.clone()).collect(),
        left_out: plan.left_out.clone(),
        doubts: Vec::new(),
        consistency: snapshot.consistency,
        source_changed: None,
        source_check_error: None,
        source_changed_between_runs: None,
        seconds: 0.0,
    }
}

/// The same counts, its columns told from those of other tables: `Posts.Message`.
fn with_table(table: &str, counts: &CopyCounts) -> CopyCounts {
    let changes = counts.changes.iter();
    let changes = changes.map(|(column, counts)| (format!("{table}.{column}"), counts.clone()));
    CopyCounts { changes: changes.collect(), ..counts.clone() }
}
