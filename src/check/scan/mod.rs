//! Runs all probes of a table in one pass over its rows, several tables and key ranges at a time, and
//! counts the rows of tables.

mod statement;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::futures::Notified;

use super::{Finding, Key, Probe, ProbeResult, Verdict};
use crate::mysql::{Connection, Error, RangeKey, Row, TableSize, cell};
use crate::progress::{Progress, Task, TaskSize, TaskUnit};
use crate::schema::Catalog;
use crate::sql::Dialect;
use crate::workers::run_on_workers;
use statement::TableScan;

pub(super) use statement::key_expressions;

/// Label of the progress of the pass over all rows.
pub const ROWS_CHECKED: &str = "checking rows";

/// A range of fewer rows is not worth a statement.
const ROWS_PER_RANGE: u64 = 50_000;

/// The rows of a sample: the first that the server returns, which `InnoDB` does in the order of the primary key, whose
/// values are random in Mattermost's tables.
const SAMPLE_ROWS: u64 = 20_000;

/// What a scan of a source looks for.
pub(super) struct Scan<'a> {
    pub(super) source: &'a Catalog,
    pub(super) sizes: &'a BTreeMap<String, TableSize>,
    pub(super) probes: Vec<Probe>,
    /// The tables whose rows are counted.
    pub(super) counted: Vec<&'a str>,
    /// The most keys that a finding keeps.
    pub(super) keys: usize,
}

/// What a scan found.
pub(super) struct Scanned {
    /// In the order of the tables and columns of the probes.
    pub(super) findings: Vec<Finding>,
    /// The rows of each counted table.
    pub(super) counts: BTreeMap<String, u64>,
}

enum Job<'a> {
    Read(Reading<'a>),
    Count(&'a str),
}

/// A read of a table, or of a range of its keys.
struct Reading<'a> {
    scan: &'a TableScan,
    place: usize,
    range: Option<String>,
    /// Estimated rows and bytes.
    size: TableSize,
}

/// The results so far.
struct Found {
    /// For each scan, the result of each of its probes.
    results: Vec<Vec<ProbeResult>>,
    counts: BTreeMap<String, u64>,
}

impl Scan<'_> {
    /// Runs the probes on the connections' database; each connection does one job at a time.
    pub(super) async fn run(
        self,
        connections: &mut [Connection],
        progress: &dyn Progress,
    ) -> Result<Scanned, Error> {
        let Self { source, sizes, probes, counted, keys } = self;
        let scans = by_table(source, probes, sizes);
        let (first, _) = connections.split_first_mut().expect("a scan has a session");
        let mut readings = Vec::new();
        for (place, scan) in scans.iter().enumerate() {
            readings.extend(parts(first, source, scan, place, sizes).await?);
        }
        let rows = readings.iter().map(|it| it.size.rows).sum();
        let task = Task::begin(progress, ROWS_CHECKED, TaskSize::of(rows, TaskUnit::Named));
        let found = RefCell::new(Found::none(&scans));
        let work = async |connection: &mut Connection, job| {
            match job {
                Job::Count(table) => {
                    let rows = count(connection, table).await?;
                    found.borrow_mut().counts.insert(table.to_owned(), rows);
                }
                Job::Read(reading) => {
                    let results = read(connection, &reading, keys).await?;
                    found.borrow_mut().merge(reading.place, results, keys);
                    task.advance(reading.size.rows);
                }
            }
            Ok::<_, Error>(())
        };
        let wait = async |connection: &mut Connection, others: Notified<'_>| {
            connection.wait_for(others).await
        };
        run_on_workers(connections, jobs(readings, counted), work, wait).await?;
        task.finish();
        Ok(found.into_inner().scanned(&scans, source))
    }
}

impl Found {
    fn none(scans: &[TableScan]) -> Self {
        let results = scans.iter().map(|scan| vec![ProbeResult::default(); scan.probes.len()]);
        Self { results: results.collect(), counts: BTreeMap::new() }
    }

    fn merge(&mut self, place: usize, found: Vec<ProbeResult>, keys: usize) {
        for (result, found) in self.results[place].iter_mut().zip(found) {
            result.merge(found, keys);
        }
    }

    fn scanned(self, scans: &[TableScan], source: &Catalog) -> Scanned {
        let probes = scans.iter().flat_map(|scan| &scan.probes);
        let found =
            probes.zip(self.results.iter().flatten()).filter(|(_, result)| result.count > 0);
        let finding = |(probe, result): (&Probe, &ProbeResult)| {
            probe.finding(result, source.tables.get(&probe.pair.table))
        };
        Scanned { findings: found.map(finding).collect(), counts: self.counts }
    }
}

/// The passes over the tables: one over all rows of a table, and one over a sample of a large one.
fn by_table(
    source: &Catalog,
    probes: Vec<Probe>,
    sizes: &BTreeMap<String, TableSize>,
) -> Vec<TableScan> {
    let mut passes: BTreeMap<(String, Option<u64>), Vec<Probe>> = BTreeMap::new();
    for probe in probes {
        let table = &probe.pair.table;
        let is_large = sizes.get(table).is_some_and(|size| size.rows > SAMPLE_ROWS);
        let sample = (is_large && probe.rule.is_sampled()).then_some(SAMPLE_ROWS);
        passes.entry((table.clone(), sample)).or_default().push(probe);
    }
    let scan = |((name, sample), probes): ((String, Option<u64>), Vec<Probe>)| {
        Some(TableScan::new(source.tables.get(&name)?, probes, sample))
    };
    passes.into_iter().filter_map(scan).collect()
}

/// The ranges in which a table is read.
async fn parts<'a>(
    connection: &mut Connection,
    source: &Catalog,
    scan: &'a TableScan,
    place: usize,
    sizes: &BTreeMap<String, TableSize>,
) -> Result<Vec<Reading<'a>>, Error> {
    let TableSize { mut rows, mut bytes } = sizes.get(&scan.table).copied().unwrap_or_default();
    if let Some(sample) = scan.sample {
        bytes = bytes / rows.max(1) * sample;
        rows = sample;
    }
    let key = RangeKey::of(&source.tables[&scan.table]);
    let ranges = key.ranges(connection, rows / ROWS_PER_RANGE).await?;
    let parts = u64::try_from(ranges.len()).unwrap_or(1);
    let size = TableSize { rows: rows / parts, bytes: bytes / parts };
    let reading = |range| Reading { scan, place, range: key.condition(range), size };
    Ok(ranges.iter().map(reading).collect())
}

/// Sorts the largest parts first. A table is counted right after its read, when its pages are in memory.
fn jobs<'a>(mut readings: Vec<Reading<'a>>, counted: Vec<&'a str>) -> Vec<Job<'a>> {
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.size.bytes));
    let mut uncounted: BTreeSet<&str> = counted.into_iter().collect();
    let mut jobs = Vec::new();
    for reading in readings {
        let table = uncounted.take(reading.scan.table.as_str());
        jobs.push(Job::Read(reading));
        jobs.extend(table.map(Job::Count));
    }
    jobs.extend(uncounted.into_iter().map(Job::Count));
    jobs
}

async fn count(connection: &mut Connection, table: &str) -> Result<u64, Error> {
    let sql = format!("SELECT COUNT(*) FROM {}", Dialect::MySql.identifier(table));
    connection.query_one(&sql).await
}

/// Reads the candidates of a key range one by one and applies the probes.
async fn read(
    connection: &mut Connection,
    reading: &Reading<'_>,
    keys: usize,
) -> Result<Vec<ProbeResult>, Error> {
    let scan = reading.scan;
    let none = ProbeResult { sample: scan.sample, ..ProbeResult::default() };
    let mut results = vec![none; scan.probes.len()];
    let mut rows = connection.stream(&scan.sql(reading.range.as_deref())).await?;
    while let Some(row) = rows.next().await? {
        let width = scan.key_width();
        for (number, (_, places)) in scan.columns.iter().enumerate() {
            let flag = width + 2 * number;
            if cell(&row, flag) != Some(b"1") {
                continue;
            }
            for &place in places {
                if let Verdict::Found(evidence) = scan.probes[place].decide(cell(&row, flag + 1)) {
                    results[place].add(evidence, || key(&row, width), keys);
                }
            }
        }
    }
    Ok(results)
}

/// The first `width` cells of a row, which are its key.
pub(super) fn key(row: &Row, width: usize) -> Key {
    let text = |place| String::from_utf8_lossy(cell(row, place).unwrap_or_default()).into_owned();
    (0..width).map(text).collect()
}
