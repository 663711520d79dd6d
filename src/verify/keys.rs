//! The comparison of the rows that the source's log changed since a comparison of all rows: both sides are
//! read by key, in batches, and rows are matched by their canonical key.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use xxhash_rust::xxh3::xxh3_128;

use super::describe_rows::{Found, describe, pair};
use super::key_statements::{KeyedTable, source_statement, target_statement};
use super::live::TargetSnapshot;
use super::plan::{Plan, plan};
use super::row::SpelledRow;
use super::survey::survey;
use super::{Difference, Error, NotCompared, Show, VerifyOptions, proof};
use crate::convert::copy_text;
use crate::ledger::{self, AppliedLog, BaseProof, TouchedKey};
use crate::mysql;
use crate::mysql::binlog::Position;
use crate::postgres::{self, Connection};
use crate::progress::{Progress, TaskSize, TaskUnit};
use crate::source::{Part, Session, Source};
use crate::source_identity::SourceIdentity;

/// Label of the progress.
pub const TOUCHED_ROWS: &str = "rows changed since the proof";

/// How many keys one statement reads.
const BATCH: u32 = 500;

/// The outcome of a comparison of changed rows.
#[derive(Debug, Clone, Serialize)]
pub struct TouchedReport {
    /// The identity of the source.
    pub identity: SourceIdentity,
    /// The position of the source's log at which both sides were compared.
    pub position: String,
    /// How many keys of each table were compared, by the source's names.
    pub tables: BTreeMap<String, u64>,
    /// What was not compared, with the reason.
    pub not_compared: Vec<NotCompared>,
    /// The first differences, by table and key.
    pub differences: Vec<Difference>,
    /// The number of rows that differ, listed or not.
    pub difference_count: u64,
    /// The duration, in seconds.
    pub seconds: f64,
    /// Whether, with the comparison of all rows, all rows are proven equal.
    pub proof: bool,
    /// Whether the outcome is recorded in the ledger.
    pub recorded: bool,
}

impl TouchedReport {
    /// The number of compared keys.
    #[must_use]
    pub fn keys(&self) -> u64 {
        self.tables.values().sum()
    }
}

/// What is compared with what.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    /// The comparison of all rows that this one completes.
    pub base: &'a BaseProof,
    /// The end of the source's log: it is applied exactly up to here, and nothing is written any more.
    pub end: &'a Position,
    /// The same as the server prints it, for the record.
    pub log_position: Option<&'a str>,
}

/// Compares the rows whose keys are on record, while nothing is written to the source and no follower runs, and
/// records the outcome.
pub async fn verify_touched(
    source: &mysql::Dsn,
    target: &postgres::Dsn,
    touched: Touched<'_>,
    options: &VerifyOptions,
    progress: Arc<dyn Progress>,
) -> Result<TouchedReport, Error> {
    Box::pin(run(source, target, touched, options, progress)).await
}

async fn run(
    source: &mysql::Dsn,
    target: &postgres::Dsn,
    touched: Touched<'_>,
    options: &VerifyOptions,
    progress: Arc<dyn Progress>,
) -> Result<TouchedReport, Error> {
    let since = Instant::now();
    let any = Source::from(source);
    let mut control = Session::open(&any).await?;
    let planner = Connection::connect(target).await?;
    let situation = survey(&mut control, &planner, options).await?;
    let identity = control.identity(&situation.source).await?;
    let Plan { tables, not_compared } = plan(&situation, options)?;
    let counts = ledger::touched_tables(&planner, &options.schema).await?;
    let mut keyed = Vec::new();
    let mut report = TouchedReport {
        identity,
        position: touched.end.to_string(),
        tables: BTreeMap::new(),
        not_compared,
        differences: Vec::new(),
        difference_count: 0,
        seconds: 0.0,
        proof: false,
        recorded: false,
    };
    let mut is_complete = true;
    for (name, &count) in &counts {
        let Some(work) = tables.iter().find(|table| table.plan.target == *name) else {
            let is_listed = |it: &NotCompared| it.table.eq_ignore_ascii_case(name);
            is_complete &= report.not_compared.iter().any(is_listed);
            continue;
        };
        let source = situation.source.tables.get(&work.plan.source);
        let key = situation.target.tables.get(name).map_or(&[][..], |table| table.row_key());
        let Some(table) = source.and_then(|source| KeyedTable::new(work, source, key)) else {
            is_complete = false;
            continue;
        };
        report.tables.insert(work.plan.source.clone(), count);
        keyed.push(table);
    }
    progress.begin(TOUCHED_ROWS, TaskSize::of(report.keys(), TaskUnit::Named));
    let (applied, found) =
        compare(&any, target, touched.end, keyed, planner, options, &progress).await?;
    progress.finish(TOUCHED_ROWS);
    report.difference_count = found.len() as u64;
    report.differences = found;
    report.differences.sort_by(|left, right| {
        (&left.table, &left.key, left.kind).cmp(&(&right.table, &right.key, right.kind))
    });
    report.differences.truncate(options.limit);
    report.seconds = since.elapsed().as_secs_f64();
    report.proof = is_complete
        && report.difference_count == 0
        && report.not_compared.iter().all(|it| !it.breaks_proof);
    let recorder = Connection::connect(target).await?;
    report.recorded =
        proof::record_touched(&recorder, &report, &options.schema, touched, &applied).await?;
    Ok(report)
}

/// Reads both sides with several sessions; how far the log was applied, and the differences.
async fn compare(
    source: &Source,
    target: &postgres::Dsn,
    end: &Position,
    tables: Vec<KeyedTable>,
    ledger: Connection,
    options: &VerifyOptions,
    progress: &Arc<dyn Progress>,
) -> Result<(AppliedLog, Vec<Difference>), Error> {
    let jobs = options.jobs.max(1);
    let snapshot = TargetSnapshot::export(target, &options.schema, end).await?;
    let (targets, applied) = snapshot.sessions(target, jobs).await?;
    let tables = Arc::new(tables);
    let queue = Arc::new(Mutex::new(KeyQueue {
        ledger,
        schema: options.schema.clone(),
        tables: Arc::clone(&tables),
        left: (0..tables.len()).collect(),
        behind: None,
    }));
    let mut running = JoinSet::new();
    for target in targets {
        let source = Session::open(source).await?;
        target.use_schema(&options.schema).await?;
        let (schema, show) = (options.schema.clone(), options.show);
        let mut reader = KeyReader { source, target, schema, row: SpelledRow::default() };
        let (queue, tables) = (Arc::clone(&queue), Arc::clone(&tables));
        let progress = Arc::clone(progress);
        running.spawn(async move {
            let mut found = Vec::new();
            loop {
                let next = queue.lock().await.next().await?;
                let Some((place, keys)) = next else { return Ok::<_, Error>(found) };
                found.extend(reader.compare(&tables[place], &keys, show).await?);
                progress.advance(TOUCHED_ROWS, keys.len() as u64);
            }
        });
    }
    let mut found = Vec::new();
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(differences) => found.extend(differences?),
            Err(failure) => match failure.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return Err(Error::Interrupted),
            },
        }
    }
    Ok((applied, found))
}

/// The keys that are not read yet.
struct KeyQueue {
    ledger: Connection,
    schema: String,
    tables: Arc<Vec<KeyedTable>>,
    left: VecDeque<usize>,
    behind: Option<(i32, Vec<u8>)>,
}

impl KeyQueue {
    /// Further keys of one table; `None` if there are no more.
    async fn next(&mut self) -> Result<Option<(usize, Vec<TouchedKey>)>, Error> {
        while let Some(&place) = self.left.front() {
            let table = &self.tables[place].work.plan.target;
            let behind = self.behind.as_ref();
            let keys =
                ledger::read_touched_keys(&self.ledger, &self.schema, table, behind, BATCH).await?;
            let Some(last) = keys.last() else {
                self.left.pop_front();
                self.behind = None;
                continue;
            };
            self.behind = Some(last.place.clone());
            return Ok(Some((place, keys)));
        }
        Ok(None)
    }
}

/// The rows of one key on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct RowsOfKey {
    rows: u64,
    sum: u128,
}

/// A session on each side.
struct KeyReader {
    source: Session,
    target: Connection,
    schema: String,
    row: SpelledRow,
}

impl KeyReader {
    /// Compares the rows of these keys.
    async fn compare(
        &mut self,
        table: &KeyedTable,
        keys: &[TouchedKey],
        show: Show,
    ) -> Result<Vec<Difference>, Error> {
        let mut sides: HashMap<u128, [RowsOfKey; 2]> = HashMap::new();
        for key in keys {
            sides.insert(expected_key(table, key)?, Default::default());
        }
        // Rows of other keys that a collation of the source finds belong to other batches.
        self.read(table, keys, |side, row| {
            let digest = row.digest(&table.work);
            if let Some(found) = sides.get_mut(&digest.key) {
                found[side].rows += 1;
                found[side].sum = found[side].sum.wrapping_add(digest.row);
            }
        })
        .await?;
        sides.retain(|_, [source, target]| source != target);
        if sides.is_empty() {
            return Ok(Vec::new());
        }
        let mut unequal = Vec::new();
        for key in keys {
            if sides.contains_key(&expected_key(table, key)?) {
                unequal.push(key.clone());
            }
        }
        let mut named: HashMap<u128, [Vec<Found>; 2]> = HashMap::new();
        self.read(table, &unequal, |side, row| {
            let digest = row.digest(&table.work);
            if sides.contains_key(&digest.key) {
                named.entry(digest.key).or_default()[side].push(describe(&table.work, row));
            }
        })
        .await?;
        let found = named
            .into_values()
            .flat_map(|[source, target]| pair(&table.work, source, target, false));
        let mut found: Vec<Difference> = found.collect();
        if show == Show::Names {
            for column in found.iter_mut().flat_map(|it| &mut it.columns) {
                (column.expected, column.found) = (None, None);
            }
        }
        Ok(found)
    }

    /// Hands the rows of these keys to `visit`: those of the source as 0, those of the target as 1.
    async fn read(
        &mut self,
        table: &KeyedTable,
        keys: &[TouchedKey],
        mut visit: impl FnMut(usize, &mut SpelledRow) + Send,
    ) -> Result<(), Error> {
        let (work, plan) = (&table.work, &table.work.plan);
        let failed = |source| Error::ReadSource { table: plan.source.clone(), source };
        let statement = source_statement(table, keys.iter().map(|key| key.source_key.as_str()))
            .ok_or_else(|| Error::UnreadableKey { table: plan.target.clone() })?;
        let part = Part::default();
        let mut rows = self.source.rows(plan, &part, |_| statement).await.map_err(failed)?;
        while let Some(row) = rows.next().await.map_err(failed)? {
            if self.row.read_source(work, &row) {
                visit(0, &mut self.row);
            }
        }
        let failed = |source| Error::ReadTarget { table: plan.target.clone(), source };
        let unexpected = || Error::UnexpectedRow { table: plan.target.clone() };
        let keys = keys.iter().map(|key| key.target_key.as_str());
        let statement = target_statement(table, &self.schema, keys)
            .ok_or_else(|| Error::UnreadableKey { table: plan.target.clone() })?;
        let mut lines = self.target.copy_out(&statement).await.map_err(failed)?;
        while let Some(line) = lines.next().await.map_err(failed)? {
            self.row.read_target(work, &line).ok_or_else(unexpected)?;
            visit(1, &mut self.row);
        }
        Ok(())
    }
}

/// The hash of a key in canonical form, as the digest of its row has it.
fn expected_key(table: &KeyedTable, key: &TouchedKey) -> Result<u128, Error> {
    let unreadable = || Error::UnreadableKey { table: table.work.plan.target.clone() };
    let mut canonical = Vec::new();
    let mut fields = key.target_key.as_bytes().split(|&byte| byte == copy_text::DELIMITER);
    for &place in &table.work.key {
        let field = fields.next().ok_or_else(unreadable)?;
        table.work.plan.columns[place].write_canonical(field, &mut canonical);
        if table.work.key.len() > 1 {
            canonical.push(copy_text::DELIMITER);
        }
    }
    if fields.next().is_some() { Err(unreadable()) } else { Ok(xxh3_128(&canonical)) }
}
