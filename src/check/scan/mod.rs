//! Runs all probes of a table in one pass over its rows, several tables and key ranges at a time.

mod range;
mod statement;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::try_join_all;

use super::{Finding, Key, Probe, Tally, Verdict};
use crate::mysql::{Connection, Error, Row, TableSize, Value};
use crate::progress::Progress;
use crate::schema::Catalog;
use statement::TableScan;

pub(super) use statement::key_expressions;

/// What progress calls the reading of all rows.
pub const ROWS_CHECKED: &str = "checking rows";

/// A table, or a range of its keys.
struct Job {
    scan: Arc<TableScan>,
    place: usize,
    range: Option<String>,
    /// About how many rows and bytes it has.
    size: TableSize,
}

/// What is to be done, and what was found.
struct Board {
    jobs: Mutex<VecDeque<Job>>,
    /// For each scan, a tally for each of its probes.
    tallies: Mutex<Vec<Vec<Tally>>>,
    keys: usize,
}

/// Runs the probes over the connections' database and says what they found, in the probes' order.
///
/// Each connection works on one key range at a time. Of every finding the first `keys` keys are kept.
pub(super) async fn run(
    connections: &mut [Connection],
    source: &Catalog,
    probes: Vec<Probe>,
    sizes: &BTreeMap<String, TableSize>,
    keys: usize,
    progress: &dyn Progress,
) -> Result<Vec<Finding>, Error> {
    let scans = by_table(source, probes);
    let board = Board {
        jobs: Mutex::default(),
        tallies: Mutex::new(
            scans.iter().map(|scan| vec![Tally::default(); scan.probes.len()]).collect(),
        ),
        keys,
    };
    let mut jobs = Vec::new();
    for (place, scan) in scans.iter().enumerate() {
        let (Some(first), Some(table)) = (connections.first_mut(), source.tables.get(&scan.table))
        else {
            continue;
        };
        let TableSize { rows, bytes } = sizes.get(&scan.table).copied().unwrap_or_default();
        let ranges = range::ranges(first, table, rows).await?;
        let parts = u64::try_from(ranges.len()).unwrap_or(1);
        let size = TableSize { rows: rows / parts, bytes: bytes / parts };
        let job = |range| Job { scan: Arc::clone(scan), place, range, size };
        jobs.extend(ranges.into_iter().map(job));
    }
    progress.begin(ROWS_CHECKED, Some(jobs.iter().map(|job| job.size.rows).sum()));
    jobs.sort_by_key(|job| std::cmp::Reverse(job.size.bytes));
    *lock(&board.jobs) = jobs.into();
    try_join_all(connections.iter_mut().map(|connection| work(connection, &board, progress)))
        .await?;
    progress.finish(ROWS_CHECKED);
    let tallies = std::mem::take(&mut *lock(&board.tallies));
    let findings = scans.iter().zip(tallies).flat_map(|(scan, tallies)| {
        let found = scan.probes.iter().zip(tallies).filter(|(_, tally)| tally.count > 0);
        found.map(|(probe, tally)| probe.rule.finding(&probe.pair, &tally)).collect::<Vec<_>>()
    });
    Ok(findings.collect())
}

fn by_table(source: &Catalog, probes: Vec<Probe>) -> Vec<Arc<TableScan>> {
    let mut by_table: BTreeMap<String, Vec<Probe>> = BTreeMap::new();
    for probe in probes {
        by_table.entry(probe.pair.table.clone()).or_default().push(probe);
    }
    let scan = |(name, probes): (String, Vec<Probe>)| {
        Some(Arc::new(TableScan::new(source.tables.get(&name)?, probes)))
    };
    by_table.into_iter().filter_map(scan).collect()
}

async fn work(
    connection: &mut Connection,
    board: &Board,
    progress: &dyn Progress,
) -> Result<(), Error> {
    loop {
        let next = lock(&board.jobs).pop_front();
        let Some(job) = next else { return Ok(()) };
        let found = read(connection, &job, board.keys).await?;
        let mut tallies = lock(&board.tallies);
        for (tally, found) in tallies[job.place].iter_mut().zip(found) {
            tally.merge(found, board.keys);
        }
        drop(tallies);
        progress.advance(ROWS_CHECKED, job.size.rows);
    }
}

/// Reads the candidates of a key range one by one and lets the probes decide.
async fn read(connection: &mut Connection, job: &Job, keys: usize) -> Result<Vec<Tally>, Error> {
    let scan = &job.scan;
    let mut tallies = vec![Tally::default(); scan.probes.len()];
    let mut rows = connection.stream(&scan.sql(job.range.as_deref())).await?;
    while let Some(row) = rows.next().await? {
        let width = scan.key_width();
        for (number, (_, places)) in scan.columns.iter().enumerate() {
            let flag = width + 2 * number;
            if cell(&row, flag) != Some(b"1") {
                continue;
            }
            for &place in places {
                if let Verdict::Found(evidence) = scan.probes[place].decide(cell(&row, flag + 1)) {
                    tallies[place].add(evidence, || key(&row, width), keys);
                }
            }
        }
    }
    Ok(tallies)
}

/// A cell as the text protocol delivers it.
pub(super) fn cell(row: &Row, place: usize) -> Option<&[u8]> {
    match row.as_ref(place) {
        Some(Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// The first `width` cells of a row, which are its key.
pub(super) fn key(row: &Row, width: usize) -> Key {
    let text = |place| String::from_utf8_lossy(cell(row, place).unwrap_or_default()).into_owned();
    (0..width).map(text).collect()
}

/// A lock that another worker's panic has not spoilt: what it guards is valid after every statement.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
