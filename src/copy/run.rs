//! The course of a copy, from two DSNs to a report.

use std::cmp::Reverse;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::builds::Builds;
use super::large_rows::LargeRowLimiter;
use super::plan::Plan;
use super::planned::{Keep, PlannedCopy, open, plan_in_transaction};
use super::prepare::prepare;
use super::queue::Queue;
use super::undo::undo;
use super::worker::{Loads, Results, Shared, Worker};
use super::{
    ALL_INDEXES, ALL_TABLES, CopyCounts, CopyOptions, CopyReport, Definition, Error, FullText,
    Next, OnError, Refusal, SharedQuarantine, Stage, TableReport, split,
};
use crate::ledger::{self, CopyRecord, CopySource, CopyStart, Phase, TableRecord};
use crate::mysql::SourcePosition;
use crate::postgres::{self, BuildMemory};
use crate::progress::{Progress, TaskSize, TaskUnit};
use crate::schema;
use crate::source::{
    self, LogSpan, Session, Snapshot, Source, open_snapshot, open_spanned_snapshot, wait_for_all,
};
use crate::source_identity::SourceIdentity;

/// Copies the rows of all tables that both sides have, or resumes an interrupted run.
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
    /// Runs the copy.
    pub async fn run(
        self,
        quarantine: SharedQuarantine,
        progress: Arc<dyn Progress>,
    ) -> Result<CopyReport, Error> {
        // Boxed, because this future is large and callers keep it in their own.
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
    // The checks in between may have taken long.
    let mut reading = Session::open(&source).await?;
    let (situation, mut plan, created) =
        plan_in_transaction(&mut reading, &mut control, &target, &options, Keep::Tables).await?;
    let locked: Vec<_> = plan.tables.iter().map(|table| table.plan.source.as_str()).collect();
    let workers = options.workers(&source);
    let (mut snapshot, start) = match (options.next, source.log_server()) {
        (Next::Follow, Some(dsn)) => {
            let earlier = if plan.replaces_all { None } else { situation.ledger.source.as_ref() };
            let opened = open_spanned_snapshot(dsn, &mut reading, &locked, workers).await?;
            let (snapshot, span) =
                opened.map_err(|reason| Error::Refused(vec![Refusal::NoLogStart { reason }]))?;
            (snapshot, Some(merge_start(earlier, span)?))
        }
        _ => (open_snapshot(&source, &mut reading, &locked, workers).await?, None),
    };
    drop(reading);
    split_tables(&mut snapshot.readers, &mut plan, options.part_bytes).await?;
    plan.tables.sort_by_key(|table| source.order(&table.plan.source));
    let origin = copy_source(situation.identity, snapshot.position.as_ref(), start);
    let position = origin.position.clone();
    // This may wait for other sessions that use the tables.
    let (consent, zones) = (&options.consent, &options.time_zones);
    let prepared = prepare(&mut control, &options.schema, &origin, &plan, consent, zones);
    wait_for_all(&mut snapshot.readers, prepared).await??;
    let prepared = ledger::read_copy(&control, &options.schema);
    let prepared = wait_for_all(&mut snapshot.readers, prepared).await??;
    let readers = std::mem::take(&mut snapshot.readers);
    let memory = BuildMemory::of(&target, options.jobs.min(workers));
    let shared = share(&plan, &prepared, &options, memory, quarantine, Arc::clone(&progress));
    let rows = plan.tables.iter().map(|table| table.size.rows).sum();
    progress.begin(ALL_TABLES, TaskSize::rows(rows));
    let lacking = shared.queue().definitions().map(|definition| shared.work_of(definition)).sum();
    progress.begin(ALL_INDEXES, TaskSize::of(lacking, TaskUnit::Effort));
    let workers = open_workers(readers, &target, &shared, options.jobs).await?;
    let clock = WorkClock { since, before: prepared.worked_seconds };
    let outcome = run_workers(workers, &shared, &control, &clock).await;
    if options.on_error == OnError::Undo && matches!(outcome, Err(Error::Row { .. })) {
        undo(&mut control, &options.schema, &plan).await?;
    }
    outcome?;
    progress.finish(ALL_TABLES);
    progress.finish(ALL_INDEXES);
    finish(&control, &options.schema, &plan, &situation.ledger, &clock).await?;
    // All rows are there, even if the source cannot be asked any more.
    let changed = match options.next {
        Next::Switch => has_changed(&source, &snapshot).await,
        // Mattermost keeps writing, and the log is followed.
        Next::Follow => Ok(Some(false)),
    };
    let ledger = ledger::read_copy(&control, &options.schema).await?;
    let results = std::mem::take(&mut *shared.results.lock().expect("the workers are gone"));
    let mut report = report(&plan, &ledger, &snapshot, results);
    match changed {
        Ok(changed) => report.source_changed = changed,
        Err(error) => report.source_check_error = Some(error.to_string()),
    }
    report.created = created;
    report.doubts = source.doubts().to_vec();
    report.source_changed_between_runs = (report.is_resumed() && options.next == Next::Switch)
        .then(|| match snapshot.position {
            Some(_) => Some(ledger.source.as_ref()?.position.as_deref()? != position.as_deref()?),
            None => Some(false),
        })
        .flatten();
    report.seconds = since.elapsed().as_secs_f64();
    Ok(report)
}

/// The state for all workers.
fn share(
    plan: &Plan,
    ledger: &CopyRecord,
    options: &CopyOptions,
    memory: BuildMemory,
    quarantine: SharedQuarantine,
    progress: Arc<dyn Progress>,
) -> Arc<Shared> {
    let mut queue = Queue::new(options.jobs.max(1));
    let wanted = |stage| stage != Stage::FullText || options.full_text == FullText::Build;
    for table in &plan.tables {
        let parts = table.parts.iter().enumerate();
        let parts = parts.filter_map(|(place, part)| (!part.is_done).then_some(place));
        let lacking = ledger.removed.iter().filter(|definition| {
            definition.table == table.plan.target
                && definition.stage != Stage::ForeignKey
                && options.next.builds(definition)
                && wanted(definition.stage)
        });
        // The longest builds first, so that the last ones end together.
        let mut lacking: Vec<_> = lacking.collect();
        lacking.sort_by_cached_key(|definition| Reverse(table.texts_in(definition)));
        let respell = |definition: &Definition| with_configuration(definition, options);
        queue.add_table(parts, lacking.into_iter().map(respell));
    }
    let links = ledger.removed.iter().filter(|definition| {
        definition.stage == Stage::ForeignKey && options.next.builds(definition)
    });
    links.cloned().for_each(|definition| queue.add_foreign_key(definition));
    Arc::new(Shared {
        schema: options.schema.clone(),
        memory,
        on_error: options.on_error,
        tables: plan.tables.clone(),
        limiter: LargeRowLimiter::new(&plan.tables),
        begun: plan.tables.iter().map(|_| AtomicBool::default()).collect(),
        queue: Mutex::new(queue),
        changed: Notify::new(),
        results: Mutex::default(),
        quarantine,
        progress,
        builds: Builds::default(),
    })
}

/// The definition as it is built: a full-text index with the configuration that was asked for.
fn with_configuration(definition: &Definition, options: &CopyOptions) -> Definition {
    match &options.text_search {
        Some(configuration)
            if definition.stage == Stage::FullText && definition.name != schema::PHRASE_INDEX =>
        {
            let statement = schema::with_configuration(&definition.statement, configuration);
            Definition { statement, ..definition.clone() }
        }
        _ => definition.clone(),
    }
}

/// Splits the tables that no run has started; the first reader reads the keys.
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

/// Opens a session with the target for each reader. Only as many workers as there are jobs load large rows.
async fn open_workers(
    mut readers: Vec<Session>,
    target: &postgres::Dsn,
    shared: &Arc<Shared>,
    jobs: usize,
) -> Result<Vec<Worker>, Error> {
    let opened = open_targets(target, &shared.schema, readers.len());
    let targets = wait_for_all(&mut readers, opened).await??;
    let pairs = readers.into_iter().zip(targets).enumerate();
    let workers = pairs.map(|(number, (source, target))| {
        let loads = if number < jobs.max(1) { Loads::All } else { Loads::SmallRows };
        Worker { loads, shared: Arc::clone(shared), source, target }
    });
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
        postgres::mark_worker(&target, schema).await?;
        target.use_schema(schema).await?;
        // A crash of the server can lose the last parts, together with their records in the ledger. The
        // statement that marks the copy as complete waits for the disk.
        target.batch_execute("SET synchronous_commit = off").await?;
        connections.push(target);
    }
    Ok(connections)
}

/// From where on the log can be followed: from the first run's start, and rows may be ahead of it up to the
/// last run's snapshots.
fn merge_start(earlier: Option<&CopySource>, span: LogSpan) -> Result<CopyStart, Error> {
    let LogSpan { start, visible, gtid } = span;
    let Some(earlier) = earlier else { return Ok(CopyStart { position: start, visible, gtid }) };
    let Some(first) = &earlier.start else {
        return Err(Error::Refused(vec![Refusal::NotFollowable]));
    };
    let is_first = first.position <= start;
    Ok(CopyStart {
        position: first.position.clone().min(start),
        visible: first.visible.clone().max(visible),
        gtid: if is_first { first.gtid.clone() } else { gtid },
    })
}

fn copy_source(
    identity: SourceIdentity,
    snapshot: Option<&SourcePosition>,
    start: Option<CopyStart>,
) -> CopySource {
    let position = snapshot.and_then(SourcePosition::position).map(ToString::to_string);
    let (time, last_write) = snapshot.map(SourcePosition::times).unwrap_or_default();
    let (time, last_write) = (time.map(str::to_owned), last_write.map(str::to_owned));
    CopySource { identity, position, time, last_write, start }
}

/// The time that the runs of a copy have worked.
struct WorkClock {
    /// The start of this run.
    since: Instant,
    /// The time of earlier runs, in seconds.
    before: f64,
}

impl WorkClock {
    fn seconds(&self) -> f64 {
        self.before + self.since.elapsed().as_secs_f64()
    }
}

/// The interval at which the time is recorded, of which a killed run loses no more than this, and at which the server
/// is asked how far its builds are.
const WORK_RECORDED_EVERY: Duration = Duration::from_secs(2);

/// Runs the workers until all is done; the first error ends them all.
async fn run_workers(
    workers: Vec<Worker>,
    shared: &Shared,
    control: &postgres::Connection,
    clock: &WorkClock,
) -> Result<(), Error> {
    let mut tasks: JoinSet<Result<(), Error>> = workers.into_iter().map(Worker::run).collect();
    let mut outcome = Ok(());
    let mut tick = tokio::time::interval(WORK_RECORDED_EVERY);
    loop {
        let ended = tokio::select! {
            ended = tasks.join_next() => ended,
            _ = tick.tick() => {
                // Its session holds the lock that excludes other copies.
                ledger::record_work(control, &shared.schema, clock.seconds()).await?;
                shared.builds.report(control, &*shared.progress).await?;
                continue;
            }
        };
        let Some(ended) = ended else { break };
        outcome = match ended {
            Ok(outcome) => outcome,
            Err(failure) => match failure.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => unreachable!("workers are not cancelled before they are awaited"),
            },
        };
        if outcome.is_err() {
            // No statement of this run may be running when the next one begins.
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
    // A copy of some tables after a complete one has no information about the time for all.
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

/// The same counts with qualified column names, such as `Posts.Message`.
fn with_table(table: &str, counts: &CopyCounts) -> CopyCounts {
    let changes = counts.changes.iter();
    let changes = changes.map(|(column, counts)| (format!("{table}.{column}"), counts.clone()));
    CopyCounts { changes: changes.collect(), ..counts.clone() }
}
