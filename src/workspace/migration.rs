//! A whole migration: the source is checked, the target's schema built, the rows copied, the indexes built, and
//! all rows compared. A source that is being written is followed meanwhile and afterwards.

mod live;
mod observer;
mod report;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub(crate) use live::LiveMigration;
use live::refuse_unfollowable;
pub(crate) use observer::{MigrationEvent, MigrationObserver, MigrationPhase};
pub(crate) use report::{Lack, MigrationReport};

use super::phases::check_source;
use super::{
    AcceptedTarget, ChannelOrder, Error, FullTextOptions, LedgerNeed, LiveOutcome, OpenedWorkspace,
    Opening, SessionLimits, TargetChecks, TargetReport, TextSearch, TextSearchRequest, Workspace,
    refuse_newer_products,
};
use crate::convert::PolicyOf;
use crate::copy::{
    self, CopyOptions, CopyWork, PlannedCopy, Refusal, SharedQuarantine, TargetLoss,
};
use crate::indexes::{BuildOptions, Scope};
use crate::ledger::{self, Phase as LedgerPhase};
use crate::postgres::{Connection, release_exclusive, take_exclusive};
use crate::progress::Progress;
use crate::quarantine::{Purpose, Quarantine};
use crate::verify::{Show, VerifyOptions, sessions_for};

/// How a workspace is migrated.
pub(crate) struct MigrationRequest<'a> {
    /// What is accepted about the target.
    pub(crate) accepted: AcceptedTarget,
    pub(crate) text_search: TextSearchRequest<'a>,
    pub(crate) full_text: FullTextOptions,
    /// The number of jobs, which the limits of both servers may reduce.
    pub(crate) jobs: usize,
    /// The file for the originals of changed values.
    pub(crate) quarantine: &'a Path,
    /// The tables, and the handling of rows that are there.
    pub(crate) copying: CopyOptions,
    /// The most differences that are listed.
    pub(crate) limit: usize,
    /// Whether differences are shown with values, and channels by name.
    pub(crate) show: Show,
    /// How a source that is being written is followed; `None` if nothing writes to it.
    pub(crate) live: Option<LiveMigration<'a>>,
}

/// How a migration ended.
pub(crate) enum MigrationOutcome {
    /// Findings stop it; nothing was written.
    Refused,
    /// The target cannot be used; nothing was written.
    TargetUnfit,
    /// Rows of the target would be deleted; nothing was copied.
    WouldDelete,
    /// The source has changed since the earlier copy; nothing was copied.
    SourceChanged,
    /// All phases are done.
    Complete,
    /// Following a source that is being written has ended.
    Followed(LiveOutcome),
}

/// Why a phase has no result.
enum Ending {
    /// The migration ends here, as planned.
    Early(MigrationOutcome),
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Ending {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Migrates a workspace. What was found and done is in the report, also after an early end.
pub(crate) async fn migrate(
    opening: Opening<'_>,
    request: &MigrationRequest<'_>,
    observer: &dyn MigrationObserver,
    progress: Arc<dyn Progress>,
    report: &mut MigrationReport,
) -> Result<MigrationOutcome, Error> {
    match (Migration { request, observer, progress, report }).run(opening).await {
        Ok(outcome) | Err(Ending::Early(outcome)) => Ok(outcome),
        Err(Ending::Failed(error)) => Err(error),
    }
}

/// A migration under way.
struct Migration<'a> {
    request: &'a MigrationRequest<'a>,
    observer: &'a dyn MigrationObserver,
    progress: Arc<dyn Progress>,
    report: &'a mut MigrationReport,
}

/// A target with a schema.
struct PreparedTarget {
    connection: Connection,
    text_search: TextSearch,
    jobs: usize,
    session_limit: usize,
}

/// Rows that were copied.
struct CopiedRows {
    quarantine: SharedQuarantine,
    work: CopyWork,
}

impl Migration<'_> {
    async fn run(mut self, opening: Opening<'_>) -> Result<MigrationOutcome, Ending> {
        let began = Instant::now();
        self.report.phase_began = Some(began);
        let workspace = self.check(opening).await?;
        let prepared = self.build_schema(&workspace, began.elapsed().as_secs_f64()).await?;
        let policy = workspace.policy().await?;
        let copied = self.copy(&workspace, &prepared, policy.clone()).await?;
        let sessions = sessions_for(prepared.jobs).min(prepared.session_limit);
        let comparing = self.comparison(workspace.verify_options(policy, sessions));
        if let (Some(live), Some(source)) = (self.request.live, workspace.source.log_server()) {
            let sides = live.sides(source, &workspace, &copied.quarantine);
            let proof = live.proof;
            return Box::pin(self.follow((sides, proof), &workspace, &prepared, comparing)).await;
        }
        self.begin(MigrationPhase::Indexes);
        self.build_indexes(&workspace, &prepared, copied.work).await?;
        self.begin(MigrationPhase::Proof);
        let verified = workspace.compare(&comparing, Arc::clone(&self.progress)).await?;
        self.observer.happened(MigrationEvent::Compared(&verified));
        self.report.verify = Some(verified);
        self.end("verify");
        Ok(MigrationOutcome::Complete)
    }

    fn begin(&self, phase: MigrationPhase) {
        self.observer.began(phase);
    }

    /// Ends a phase of the report; the next one begins.
    fn end(&mut self, phase: &'static str) {
        let seconds = self.report.end_phase(phase);
        self.observer.happened(MigrationEvent::PhaseEnded { phase, seconds });
    }

    /// Checks the source; an early end, if something has to be decided or repaired.
    async fn check(&mut self, opening: Opening<'_>) -> Result<Workspace, Ending> {
        self.begin(MigrationPhase::Check);
        let chosen = opening.products;
        let (source, opened) = OpenedWorkspace::open(opening, &*self.progress).await?;
        self.observer.happened(MigrationEvent::Opened(&opened, chosen));
        let models = &opened.models;
        let excluded = self.request.copying.exclude.iter();
        let unknown = excluded.filter(|name| !models.has_table(&opened.catalog, name));
        let refusals: Vec<_> =
            unknown.map(|name| Refusal::UnknownTable { name: name.clone() }).collect();
        if !refusals.is_empty() {
            return Err(copy::Error::Refused(refusals).into());
        }
        let decided = &opened.decisions.applied;
        let checking = check_source(source, models, &opened.zones, decided, &*self.progress);
        let mut checks = checking.await?;
        let stops = self.observer.judge(&mut checks, decided);
        self.end("check");
        self.report.decisions = decided.clone();
        self.report.checks = Some(checks);
        if stops {
            return Err(Ending::Early(MigrationOutcome::Refused));
        }
        Ok(opened.readable()?)
    }

    /// Builds the target's schema, and keeps others from it; an early end, if something is in the way.
    async fn build_schema(
        &mut self,
        workspace: &Workspace,
        seconds_of_check: f64,
    ) -> Result<PreparedTarget, Ending> {
        self.begin(MigrationPhase::Schema);
        let schema = workspace.schema.as_str();
        let mut connection = Connection::connect(&workspace.target).await?;
        if self.request.live.is_some() {
            refuse_unfollowable(workspace, &connection, self.request.copying.start).await?;
        }
        let text_search = self.check_target(&connection, workspace).await?;
        refuse_newer_products(&connection, schema, &workspace.models).await?;
        let jobs = self.request.jobs;
        let limits = SessionLimits::read(Some(&workspace.source), &connection, jobs).await?;
        self.observer.happened(MigrationEvent::SessionsLimited(&limits));
        take_exclusive(&connection, schema).await?;
        if let Some(created) = text_search.create(&connection).await? {
            self.observer.happened(MigrationEvent::TextSearchCreated(created));
        }
        let built = workspace.build_schema(&mut connection, &*self.progress).await?;
        self.observer.happened(MigrationEvent::SchemaBuilt(&built, schema));
        self.report.schema = Some(built);
        ledger::record_phase(&connection, schema, LedgerPhase::Check, seconds_of_check).await?;
        self.end("schema");
        let session_limit = limits.for_work;
        let jobs = jobs.min(session_limit);
        Ok(PreparedTarget { connection, text_search, jobs, session_limit })
    }

    /// Looks at the target before anything is built; an early end, if something is in the way.
    async fn check_target(
        &mut self,
        connection: &Connection,
        workspace: &Workspace,
    ) -> Result<TextSearch, Ending> {
        let Workspace { source, catalog, schema, .. } = workspace;
        let accepted = self.request.accepted;
        let checks =
            TargetChecks { owner: true, empty: false, ledger: LedgerNeed::Needed, accepted };
        let checked = TargetReport::read(connection, schema, checks).await?;
        self.observer.happened(MigrationEvent::TargetChecked(&checked, checks));
        if !checked.is_ready() {
            return Err(Ending::Early(MigrationOutcome::TargetUnfit));
        }
        let channels = catalog.table("Channels").map(|table| table.name.as_str());
        let show_names = self.request.show == Show::Values;
        let order = ChannelOrder::read(connection, schema, source, channels, show_names).await?;
        if let Some(order) = &order {
            self.observer.happened(MigrationEvent::ChannelsOrdered(order));
        }
        self.report.channel_order = order;
        match TextSearch::find(connection, schema, self.request.text_search).await? {
            Ok(text_search) => Ok(text_search),
            Err(obstacle) => {
                self.observer.happened(MigrationEvent::TextSearchObstructed(&obstacle));
                Err(Ending::Early(MigrationOutcome::TargetUnfit))
            }
        }
    }

    /// Copies the rows; an early end, if something is in the way.
    async fn copy(
        &mut self,
        workspace: &Workspace,
        prepared: &PreparedTarget,
        policy: PolicyOf,
    ) -> Result<CopiedRows, Ending> {
        self.begin(MigrationPhase::Rows);
        let request = self.request;
        let quarantine = Quarantine::open(request.quarantine, Purpose::Copy, &workspace.database)?;
        workspace.models.refuse_unknown_calls()?;
        self.observer.happened(MigrationEvent::ProductsKnown(&workspace.models));
        let copying = CopyOptions {
            jobs: prepared.jobs,
            session_limit: prepared.session_limit,
            text_search: prepared.text_search.asked(),
            ..request.copying.clone()
        };
        let copying = workspace.copy_options(policy, copying);
        // The copy takes the lock in a session of its own.
        release_exclusive(&prepared.connection, &workspace.schema).await?;
        let accepts = |loss: &TargetLoss| self.observer.accepts(loss);
        let planned = match workspace.plan_copy(copying, accepts).await? {
            Ok(planned) => planned,
            Err(loss) => {
                self.report.would_delete = Some(loss);
                return Err(Ending::Early(MigrationOutcome::WouldDelete));
            }
        };
        self.look_at_earlier_copy(&planned)?;
        self.observer.happened(MigrationEvent::CopyPlanned(&planned));
        let work = planned.work();
        let quarantine = Arc::new(Mutex::new(quarantine));
        let copied = workspace.copy(planned, &quarantine, Arc::clone(&self.progress)).await?;
        let altered = quarantine.lock().is_ok_and(|it| it.has_records())
            || copied.tables.iter().any(|it| it.resumed) && request.quarantine.exists();
        self.report.quarantine = altered.then(|| request.quarantine.to_owned());
        self.observer.happened(MigrationEvent::Copied(&copied, work));
        self.report.copy = Some(copied);
        self.end("copy");
        Ok(CopiedRows { quarantine, work })
    }

    /// Reports an earlier copy; an early end, if it has all rows and the source has changed since.
    fn look_at_earlier_copy(&mut self, planned: &PlannedCopy) -> Result<(), Ending> {
        let Some(earlier) = planned.earlier() else { return Ok(()) };
        self.report.earlier = Some(earlier.clone());
        // The log has what was written since.
        if self.request.live.is_some() {
            return Ok(());
        }
        self.observer.happened(MigrationEvent::CopiedBefore(earlier));
        if earlier.source_changed == Some(true) && planned.work() == CopyWork::Nothing {
            return Err(Ending::Early(MigrationOutcome::SourceChanged));
        }
        Ok(())
    }

    /// Builds the missing indexes, fills the materialized views, analyzes, and sets what searches need.
    async fn build_indexes(
        &mut self,
        workspace: &Workspace,
        prepared: &PreparedTarget,
        work: CopyWork,
    ) -> Result<(), Ending> {
        let began = Instant::now();
        let PreparedTarget { connection, text_search, jobs, .. } = prepared;
        let schema = workspace.schema.as_str();
        take_exclusive(connection, schema).await?;
        let building = BuildOptions::new(schema, Scope::All, *jobs);
        let building = text_search.apply(building, self.request.full_text);
        let (built, refreshed) =
            workspace.build_indexes(connection, building, &*self.progress).await?;
        self.observer.happened(MigrationEvent::IndexesBuilt(&built, &refreshed));
        let any_built = !built.built.is_empty();
        (self.report.indexes, self.report.refresh) = (Some(built), Some(refreshed));
        let searches = text_search.finish(connection, schema).await?;
        self.observer.happened(MigrationEvent::SearchesSet(&searches));
        self.report.text_search = Some(searches);
        // Following takes its part of the time, which the plan of a switch does not expect.
        if self.request.live.is_none() && (work == CopyWork::Rows || any_built) {
            let seconds = began.elapsed().as_secs_f64();
            ledger::record_phase(connection, schema, LedgerPhase::Indexes, seconds).await?;
        }
        release_exclusive(connection, schema).await?;
        self.end("indexes");
        Ok(())
    }

    /// The comparison that is asked for.
    fn comparison(&self, whole: VerifyOptions) -> VerifyOptions {
        VerifyOptions {
            tables: self.request.copying.tables.clone(),
            exclude: self.request.copying.exclude.clone(),
            limit: self.request.limit,
            show: self.request.show,
            ..whole
        }
    }
}
