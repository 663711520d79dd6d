//! What a comparison begins with: the plan, and sessions with the source in their snapshots.

use std::time::Instant;

use super::plan::{Plan, plan};
use super::split::{divisible, split_source, split_target};
use super::sums::begin_sums;
use super::survey::survey;
use super::table::TableWork;
use super::{Error, SourceChange, VerifyOptions, VerifyReport, proof};
use crate::ledger::AppliedLog;
use crate::mysql::SourcePosition;
use crate::mysql::binlog::Position;
use crate::postgres;
use crate::schema::Catalog;
use crate::source::{
    Consistency, Session, Source, open_exact_snapshot, open_snapshot, wait_for_all,
};

/// A comparison whose sessions with the source see the rows that are compared.
pub(super) struct Prepared {
    pub(super) readers: Vec<Session>,
    pub(super) comparison: Unstarted,
}

/// A comparison that is planned.
pub(super) struct Unstarted {
    pub(super) source: Source,
    /// The tables, largest first.
    pub(super) tables: Vec<TableWork>,
    pub(super) catalog: Catalog,
    /// The report so far: what is compared, and nothing about rows.
    pub(super) report: VerifyReport,
    pub(super) position: Option<SourcePosition>,
    /// How far the source's log was applied before any session with the target saw rows.
    pub(super) applied: Option<AppliedLog>,
    /// The session that sums up the source's tables.
    pub(super) summing: Option<Session>,
    pub(super) since: Instant,
}

/// Both sides before their rows are read.
struct Planned {
    control: Session,
    planner: postgres::Connection,
    comparison: Unstarted,
}

impl Planned {
    async fn open(
        source: &Source,
        target: &postgres::Dsn,
        options: &VerifyOptions,
    ) -> Result<Self, Error> {
        let since = Instant::now();
        let mut control = Session::open(source).await?;
        let planner = postgres::Connection::connect(target).await?;
        // Before any snapshot of the target: what is applied later may not have been compared.
        let applied = proof::applied_log(&planner, &options.schema).await?;
        let situation = survey(&mut control, &planner, options).await?;
        let identity = control.identity(&situation.source).await?;
        let Plan { mut tables, not_compared } = plan(&situation, options)?;
        let sizes = divisible(&planner, &options.schema, &tables);
        let sizes = control.wait_for(sizes).await??;
        for table in &mut tables {
            split_source(&mut control, table, options.part_bytes).await?;
            if let Some(&bytes) = sizes.get(&table.plan.target) {
                split_target(table, bytes, options.part_bytes);
            }
        }
        tables.sort_by_key(|table| source.order(&table.plan.source));
        let report = VerifyReport {
            source: control.describe(),
            doubts: control.doubts().to_vec(),
            identity,
            target: planner.server().to_string(),
            schema: options.schema.clone(),
            tables: Vec::with_capacity(tables.len()),
            not_compared,
            differences: Vec::new(),
            difference_count: 0,
            sample: options.sample,
            consistency: Consistency::Nothing,
            position: None,
            source_changed: SourceChange::Unknown,
            seconds: 0.0,
            proof: false,
            recorded: false,
        };
        let comparison = Unstarted {
            source: source.clone(),
            tables,
            catalog: situation.source,
            report,
            position: None,
            applied,
            summing: None,
            since,
        };
        Ok(Self { control, planner, comparison })
    }
}

impl Prepared {
    /// Opens a source of any kind, whose sessions see one snapshot if it allows that.
    pub(super) async fn of_any_source(
        source: &Source,
        target: &postgres::Dsn,
        options: &VerifyOptions,
    ) -> Result<Self, Error> {
        let Planned { mut control, planner, mut comparison } =
            Planned::open(source, target, options).await?;
        // Before the readers' snapshots, so that the sums cover only compared rows.
        let mut summing = if options.is_whole() && control.may_change() {
            for table in &mut comparison.tables {
                table.sum_up(&comparison.catalog);
            }
            Some(begin_sums(source).await?)
        } else {
            None
        };
        let names: Vec<_> =
            comparison.tables.iter().map(|table| table.plan.source.as_str()).collect();
        let opened = open_snapshot(source, &mut control, &names, options.jobs.max(1));
        let snapshot = wait_for_all(&mut summing, opened).await??;
        // These two sessions would be idle until the last row is compared.
        drop((control, planner));
        comparison.report.consistency = snapshot.consistency;
        (comparison.position, comparison.summing) = (snapshot.position, summing);
        Ok(Self { readers: snapshot.readers, comparison })
    }

    /// Opens a source that is being written, whose sessions see it at one position of its log.
    pub(super) async fn at_position(
        source: &crate::mysql::Dsn,
        target: &postgres::Dsn,
        options: &VerifyOptions,
    ) -> Result<(Self, Position), Error> {
        let any = Source::from(source);
        let Planned { mut control, planner, mut comparison } =
            Planned::open(&any, target, options).await?;
        let names: Vec<_> =
            comparison.tables.iter().map(|table| table.plan.source.as_str()).collect();
        let jobs = options.jobs.max(1);
        let opened = open_exact_snapshot(source, &mut control, &names, jobs).await?;
        let (snapshot, position) = opened.map_err(|reason| Error::NoPosition { reason })?;
        drop((control, planner));
        comparison.report.consistency = snapshot.consistency;
        comparison.report.position = Some(position.to_string());
        comparison.report.source_changed = SourceChange::Followed;
        comparison.position = snapshot.position;
        Ok((Self { readers: snapshot.readers, comparison }, position))
    }
}
