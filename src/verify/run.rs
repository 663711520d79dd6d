//! From two addresses to a report.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::compare::{Compare, Comparison};
use super::describe_rows::Naming;
use super::locate_rows::{Pinpoint, Unmatched, batches};
use super::pass::{Readers, parts_of};
use super::plan::{Plan, plan};
use super::read::Reader;
use super::split::{split_source, split_target};
use super::sums::{Sums, begin_sums};
use super::survey::survey;
use super::table::TableWork;
use super::{
    ALL_TABLES, Difference, Error, Kind, SourceChange, TableReport, VerifyOptions, VerifyReport,
    proof,
};
use crate::mysql::SourcePosition;
use crate::postgres;
use crate::progress::Progress;
use crate::source::{Session, Source, open_snapshot, wait_for_all};

/// Compares every row of every table that both sides have, and writes the outcome down on the target
/// where the account may.
pub async fn verify(
    source: impl Into<Source>,
    target: &postgres::Dsn,
    options: &VerifyOptions,
    progress: Arc<dyn Progress>,
) -> Result<VerifyReport, Error> {
    // The future is large, and callers keep it in their own.
    Box::pin(verify_source(source.into(), target, options, progress)).await
}

async fn verify_source(
    source: Source,
    target: &postgres::Dsn,
    options: &VerifyOptions,
    progress: Arc<dyn Progress>,
) -> Result<VerifyReport, Error> {
    let since = Instant::now();
    let mut control = Session::open(&source).await?;
    let planner = postgres::Connection::connect(target).await?;
    let situation = survey(&mut control, &planner, options).await?;
    let workspace = control.workspace(&situation.source).await?;
    let Plan { mut tables, not_compared } = plan(&situation, options)?;
    for table in &mut tables {
        split_source(&mut control, table, options.part_bytes).await?;
        let target = split_target(&planner, &options.schema, table, options.part_bytes);
        control.wait_for(target).await??;
    }
    if let Source::Dump(dump) = &source {
        // What is packed is read from its start to its end.
        tables.sort_by_key(|table| dump.order(&table.plan.source));
    }
    let tables = Arc::new(tables);
    let names: Vec<_> = tables.iter().map(|table| table.plan.source.as_str()).collect();
    let is_whole =
        options.sample.is_none() && options.tables.is_empty() && options.exclude.is_empty();
    // Before the snapshots of the readers, so that the sums cover nothing that was not compared.
    let mut summing = if is_whole { Some(begin_sums(&source).await?) } else { None };
    let jobs = options.jobs.max(1);
    let opened = open_snapshot(&source, &mut control, &names, jobs);
    let mut snapshot = wait_for_all(&mut summing, opened).await??;
    let (described, server) = (control.describe(), planner.server().to_string());
    let doubts = control.doubts().to_vec();
    // These two would be idle until the last row is compared.
    drop((control, planner));
    let sums = Sums::start(summing, situation.source);
    let readers = std::mem::take(&mut snapshot.readers);
    let readers = open(readers, target, options, &progress).await?;
    let mut readers = Readers { readers, tables: Arc::clone(&tables) };
    let total: u64 = tables.iter().map(|table| table.size.rows * 2).sum();
    progress.begin(ALL_TABLES, Some(total));
    let comparisons = compare(&mut readers, &progress).await?;
    progress.finish(ALL_TABLES);
    let mut report = VerifyReport {
        source: described,
        address: source.address(),
        doubts,
        workspace,
        target: server,
        schema: options.schema.clone(),
        tables: Vec::with_capacity(tables.len()),
        not_compared,
        differences: Vec::new(),
        difference_count: 0,
        sample: options.sample,
        consistency: snapshot.consistency,
        source_changed: SourceChange::Unknown,
        seconds: 0.0,
        proof: false,
        recorded: false,
    };
    for (place, comparison) in comparisons.into_iter().enumerate() {
        let left = options.limit - report.differences.len();
        let (table, differences) = examine(&mut readers, place, &comparison, options, left).await?;
        report.difference_count += table.differences();
        report.tables.push(table);
        report.differences.extend(differences);
    }
    report.tables.sort_by(|left, right| left.table.cmp(&right.table));
    report.differences.sort_by(|left, right| {
        (&left.table, &left.key, left.kind).cmp(&(&right.table, &right.key, right.kind))
    });
    drop(readers);
    let sums = sums.finish().await?;
    let position = snapshot.position.as_ref();
    let changed = Session::open(&source).await?.has_changed_since(position).await?;
    report.source_changed = SourceChange::from(changed);
    report.proof = report.is_equal()
        && is_whole
        && options.left_out.iter().all(|table| !options.required.contains(table))
        && report.source_changed != SourceChange::Yes;
    report.seconds = since.elapsed().as_secs_f64();
    let position = position.and_then(SourcePosition::position).map(ToString::to_string);
    let recorder = postgres::Connection::connect(target).await?;
    report.recorded = proof::record(&recorder, &report, position.as_deref()).await?;
    if report.recorded {
        proof::record_sums(&recorder, &report.schema, &sums).await?;
    }
    Ok(report)
}

/// Gives each session with the source one with the target, in a snapshot of its own.
async fn open(
    mut sources: Vec<Session>,
    target: &postgres::Dsn,
    options: &VerifyOptions,
    progress: &Arc<dyn Progress>,
) -> Result<Vec<Reader>, Error> {
    let schema: Arc<str> = options.schema.as_str().into();
    let opened = open_targets(target, sources.len());
    let targets = wait_for_all(&mut sources, opened).await??;
    let pairs = sources.into_iter().zip(targets);
    let readers = pairs.map(|(source, target)| {
        let (schema, progress) = (Arc::clone(&schema), Arc::clone(progress));
        Reader { source, target, schema, progress }
    });
    Ok(readers.collect())
}

async fn open_targets(
    target: &postgres::Dsn,
    count: usize,
) -> Result<Vec<postgres::Connection>, postgres::Error> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        let connection = postgres::Connection::connect(target).await?;
        // The snapshot is that of the first query.
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1";
        connection.batch_execute(begin).await?;
        connections.push(connection);
    }
    Ok(connections)
}

async fn compare(
    readers: &mut Readers,
    progress: &Arc<dyn Progress>,
) -> Result<Vec<Comparison>, Error> {
    let study = Arc::new(Compare::new(&readers.tables, Arc::clone(progress)));
    let tables = Arc::clone(&readers.tables);
    let parts: VecDeque<_> =
        tables.iter().enumerate().flat_map(|(place, table)| parts_of(place, table)).collect();
    readers.run(parts, &study).await?;
    Ok(study.take())
}

/// Finds and names what differs in a table.
async fn examine(
    readers: &mut Readers,
    place: usize,
    comparison: &Comparison,
    options: &VerifyOptions,
    limit: usize,
) -> Result<(TableReport, Vec<Difference>), Error> {
    let tables = Arc::clone(&readers.tables);
    let table: &TableWork = &tables[place];
    let mut report = TableReport {
        table: table.plan.source.clone(),
        source_rows: comparison.source_rows,
        target_rows: comparison.target_rows,
        missing: 0,
        extra: 0,
        different: 0,
        altered: comparison.altered,
        unsettled: false,
    };
    if comparison.differing.is_empty() {
        return Ok((report, Vec::new()));
    }
    let mut named: Vec<Unmatched> = Vec::new();
    for batch in batches(&comparison.differing) {
        let locate_rows = Arc::new(Pinpoint::new(&batch, table.buckets));
        readers.run(parts_of(place, table), &locate_rows).await?;
        for unmatched in locate_rows.take().into_values() {
            let (missing, extra, different) = unmatched.count();
            report.missing += missing;
            report.extra += extra;
            report.different += different;
            if named.len() < limit {
                named.push(unmatched);
            }
        }
    }
    report.unsettled = report.differences() == 0;
    let naming = Arc::new(Naming::new(&tables, options.show, &named));
    if !named.is_empty() {
        readers.run(parts_of(place, table), &naming).await?;
    }
    let differences = naming.differences(table, &named, limit);
    if table.key.is_empty() {
        // What seemed to be one row too few and one too many turned out to be one row that differs.
        let different = differences.iter().filter(|it| it.kind == Kind::Different).count() as u64;
        report.missing -= different.min(report.missing);
        report.extra -= different.min(report.extra);
        report.different += different;
    }
    Ok((report, differences))
}
