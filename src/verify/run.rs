//! The course of a verification, from two DSNs to a report.

use std::collections::VecDeque;
use std::sync::Arc;

use super::compare::{Compare, Comparison};
use super::describe_rows::Naming;
use super::locate_rows::{Pinpoint, Unmatched, batches};
use super::pass::{Readers, parts_of};
use super::prepare::{Prepared, Unstarted};
use super::read::Reader;
use super::sums::{Sums, TableSums, read_sums};
use super::table::TableWork;
use super::{
    ALL_TABLES, Difference, Error, Kind, SourceChange, TableReport, VerifyOptions, VerifyReport,
    proof,
};
use crate::ledger::AppliedLog;
use crate::mysql::SourcePosition;
use crate::postgres;
use crate::progress::{Progress, TaskSize, TaskUnit};
use crate::source::{Session, Source, wait_for_all};

/// Compares every row of every table that both sides have, and records the outcome on the target if the account
/// may write there.
pub async fn verify(
    source: impl Into<Source>,
    target: &postgres::Dsn,
    options: &VerifyOptions,
    progress: Arc<dyn Progress>,
) -> Result<VerifyReport, Error> {
    let source = source.into();
    // Boxed, because the future is large and callers keep it in their own.
    Box::pin(async {
        let prepared = Prepared::of_any_source(&source, target, options).await?;
        Box::pin(prepared.compare_now(target, options, progress)).await
    })
    .await
}

impl Prepared {
    /// Compares all rows with the target as it is now.
    async fn compare_now(
        self,
        target: &postgres::Dsn,
        options: &VerifyOptions,
        progress: Arc<dyn Progress>,
    ) -> Result<VerifyReport, Error> {
        let Self { mut readers, comparison } = self;
        let opened = open_targets(target, readers.len());
        let targets = wait_for_all(&mut readers, opened).await??;
        let (source, position) = (comparison.source.clone(), comparison.position.clone());
        let (mut report, sums, applied) =
            comparison.run(readers, targets, options, &progress).await?;
        let position = position.as_ref();
        let changed = Session::open(&source).await?.has_changed_since(position).await?;
        report.source_changed = SourceChange::from(changed);
        report.proof &= report.source_changed != SourceChange::Yes;
        let position = position.and_then(SourcePosition::position).map(ToString::to_string);
        finish(report, target, position.as_deref(), applied.as_ref(), &sums).await
    }
}

/// Records the outcome.
pub(super) async fn finish(
    mut report: VerifyReport,
    target: &postgres::Dsn,
    position: Option<&str>,
    applied: Option<&AppliedLog>,
    sums: &TableSums,
) -> Result<VerifyReport, Error> {
    let recorder = postgres::Connection::connect(target).await?;
    report.recorded = proof::record(&recorder, &report, position, applied).await?;
    if report.recorded {
        proof::record_sums(&recorder, &report.schema, sums).await?;
    }
    Ok(report)
}

impl Unstarted {
    /// Compares all rows, as the sessions see them: the report without a word about changes meanwhile, the
    /// sums of the source's tables, and how far the log was applied.
    pub(super) async fn run(
        self,
        sources: Vec<Session>,
        targets: Vec<postgres::Connection>,
        options: &VerifyOptions,
        progress: &Arc<dyn Progress>,
    ) -> Result<(VerifyReport, TableSums, Option<AppliedLog>), Error> {
        let sums = Sums::start(self.summing, self.catalog, &self.tables);
        let schema: Arc<str> = options.schema.as_str().into();
        let pairs = sources.into_iter().zip(targets);
        let readers = pairs.map(|(source, target)| {
            let (schema, progress) = (Arc::clone(&schema), Arc::clone(progress));
            Reader { source, target, schema, progress }
        });
        let tables = Arc::new(self.tables);
        let mut readers = Readers { readers: readers.collect(), tables: Arc::clone(&tables) };
        let total: u64 = tables.iter().map(|table| table.size.rows * 2).sum();
        progress.begin(ALL_TABLES, TaskSize::of(total, TaskUnit::RowPairs));
        let comparisons = compare(&mut readers, progress).await?;
        progress.finish(ALL_TABLES);
        let read = read_sums(&tables, &comparisons);
        let mut report = self.report;
        for (place, comparison) in comparisons.into_iter().enumerate() {
            let left = options.limit - report.differences.len();
            let (table, differences) =
                examine(&mut readers, place, &comparison, options, left).await?;
            report.difference_count += table.differences();
            report.tables.push(table);
            report.differences.extend(differences);
        }
        report.tables.sort_by(|left, right| left.table.cmp(&right.table));
        report.differences.sort_by(|left, right| {
            (&left.table, &left.key, left.kind).cmp(&(&right.table, &right.key, right.kind))
        });
        drop(readers);
        let sums = sums.finish(read).await?;
        report.proof = report.is_equal()
            && options.is_whole()
            && options.left_out.iter().all(|table| !options.required.contains(table));
        report.seconds = self.since.elapsed().as_secs_f64();
        Ok((report, sums, self.applied))
    }
}

async fn open_targets(
    target: &postgres::Dsn,
    count: usize,
) -> Result<Vec<postgres::Connection>, postgres::Error> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        let connection = postgres::Connection::connect(target).await?;
        // The snapshot is taken by the first query.
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

/// Finds and describes the differences of a table.
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
        altered: comparison.counts.altered,
        left_out: comparison.counts.left_out,
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
        // A missing and an extra row turned out to be one row that differs.
        let different = differences.iter().filter(|it| it.kind == Kind::Different).count() as u64;
        report.missing -= different.min(report.missing);
        report.extra -= different.min(report.extra);
        report.different += different;
    }
    Ok((report, differences))
}
