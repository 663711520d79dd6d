//! `migrate`: check, schema, copy, indexes and proof in one command.

mod closing;
mod findings;
mod live;
mod report;
mod verdict;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use self::findings::{drop_followed, is_refused, next};
use super::clock::Clock;
use super::failure::hinted;
use super::mysql::by_hand;
use super::opening::open;
use super::{Context, ExitStatus, connect, copy, decisions, text_search, time_zones};
use crate::check::dump::BYTES_CHECKED;
use crate::check::policy::Decisions;
use crate::check::{ROWS_CHECKED, Step, Summary};
use crate::cli::MigrateArgs;
use crate::convert::PolicyOf;
use crate::copy::{CopyOptions, EarlierCopy, FullText, Next, SharedQuarantine, default_jobs};
use crate::indexes::{ANALYZE, BuildOptions, Scope};
use crate::ledger::{self, Phase as LedgerPhase};
use crate::migrations::MIGRATIONS;
use crate::postgres::{Connection, Dsn, release_exclusive, take_exclusive};
use crate::quarantine::{Purpose, Quarantine};
use crate::render::{CopyWork, built_lines, created_line, migration_lines};
use crate::schema::Catalog;
use crate::ui::{Bars, Phase, Ui};
use crate::verify::{Show, VerifyOptions};
use crate::workspace::{
    self, AcceptedTarget, ChannelOrder, LedgerNeed, Opening, RowScan, SessionLimits, SourceModels,
    SourceSpec, TargetChecks, TargetReport, TextSearch, Workspace, refuse_newer_products,
};

pub(super) use report::MigrateReport;

/// The weights are seconds of a migration of a million posts that took 36 s in total (`scripts/bench migrate`,
/// 2 processors).
const PHASES: [Phase; 5] = phases(Phase::of(3.0, &[(ROWS_CHECKED, 1.0)]));
/// The same for a dump, which is checked while it is read.
const PHASES_OF_DUMP: [Phase; 5] = phases(Phase::of(10.0, &[(BYTES_CHECKED, 1.0)]));

const fn phases(check: Phase) -> [Phase; 5] {
    [
        check,
        Phase::of(0.5, &[(MIGRATIONS, 1.0)]),
        Phase { weight: 25.0, ..copy::COPYING },
        Phase::of(2.0, &[(ANALYZE, 1.0)]),
        Phase::of(5.0, &[(crate::verify::ALL_TABLES, 1.0)]),
    ]
}

/// How far the migration went.
enum MigrateOutcome {
    /// An obstacle was reported.
    Stopped,
    /// To the proof, by these decisions.
    Complete(Decisions),
    /// To the end of following.
    Followed(ExitStatus),
}

pub(super) async fn run(args: MigrateArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let mut report = MigrateReport { phase_began: Some(Instant::now()), ..Default::default() };
    let status = match run_phases(&args, context, &mut report).await? {
        MigrateOutcome::Stopped => ExitStatus::Findings,
        MigrateOutcome::Followed(status) => status,
        MigrateOutcome::Complete(decided) => {
            report.end_phase("verify", context.ui);
            closing::say(&report, context.ui);
            let dump = args.dump.dump.as_ref().map(|file| file.to_string_lossy());
            verdict::say(&mut report, &decided, dump.as_deref(), context.ui)
        }
    };
    let next = std::mem::take(&mut report.next);
    context.json("migrate", &report, next)?;
    Ok(status)
}

/// A migration under way.
#[derive(Clone, Copy)]
struct MigrateRun<'a> {
    args: &'a MigrateArgs,
    context: Context,
    progress: &'a Arc<Bars>,
}

async fn run_phases(
    args: &MigrateArgs,
    context: Context,
    report: &mut MigrateReport,
) -> anyhow::Result<MigrateOutcome> {
    let (spec, target) = connect::named_sides(&args.sides, &args.dump, context.ui)?;
    let phases = if args.dump.dump.is_some() { &PHASES_OF_DUMP } else { &PHASES };
    let progress = Arc::new(context.ui.progress_of(phases));
    let run = MigrateRun { args, context, progress: &progress };
    let Some(checked) = check_source(run, &spec, target, report).await? else {
        return Ok(MigrateOutcome::Stopped);
    };
    let Some(prepared) = build_schema(run, &checked, report).await? else {
        return Ok(MigrateOutcome::Stopped);
    };
    let workspace = &checked.workspace;
    let policy = workspace.policy().await?;
    let copied = copy_rows(run, workspace, &prepared, policy.clone(), report).await?;
    let Some(copied) = copied else { return Ok(MigrateOutcome::Stopped) };
    let comparing = comparison(args, workspace.verify_options(policy, prepared.jobs));
    if let (true, Some(source)) = (args.live, workspace.source.log_server()) {
        let quarantine = &copied.quarantine;
        let steps =
            live::LiveSteps { source, quarantine, workspace, prepared: &prepared, comparing };
        return Box::pin(live::run(steps, run, report)).await;
    }
    progress.enter(3);
    context.ui.title("4. Indexes, materialized views, statistics");
    let clock = Clock::start();
    let (connection, schema) = (&prepared.connection, workspace.schema.as_str());
    take_exclusive(connection, schema).await?;
    let any_built = build_indexes(run, workspace, &prepared, report).await?;
    if copied.changed_rows || any_built {
        let seconds = clock.seconds();
        ledger::record_phase(connection, schema, LedgerPhase::Indexes, seconds).await?;
    }
    release_exclusive(connection, schema).await?;
    report.end_phase("indexes", context.ui);

    progress.enter(4);
    context.ui.title("5. Proof: comparison of all rows");
    let verified = workspace.compare(&comparing, progress.clone()).await?;
    context.ui.lines(&verified.lines_without_verdict());
    report.verify = Some(verified);
    Ok(MigrateOutcome::Complete(checked.workspace.decisions.applied))
}

/// A workspace whose source can be copied.
struct CheckedWorkspace {
    workspace: Workspace,
    /// How long the check took.
    seconds: f64,
}

/// Checks the source; `None` if something has to be decided or repaired.
async fn check_source(
    MigrateRun { args, context, progress }: MigrateRun<'_>,
    spec: &SourceSpec,
    target: Dsn,
    report: &mut MigrateReport,
) -> anyhow::Result<Option<CheckedWorkspace>> {
    let (ui, schema) = (context.ui, args.sides.schema.as_str());
    let clock = Clock::start();
    ui.title("1. Check of the source");
    let decisions = decisions::of_run(&args.decisions, &args.tables, (&target, schema), ui).await?;
    let opening = Opening {
        source: spec,
        target,
        schema,
        decisions,
        products: &args.products.products,
        rows: RowScan::Check,
        zones: time_zones::request(&args.time_zone, &args.tables),
    };
    let (source, opened) = open(opening, &**progress, ui).await?;
    let (models, decided) = (&opened.models, &opened.decisions.applied);
    refuse_unknown(&args.tables.exclude, models, &opened.catalog)?;
    let checking = workspace::check_source(source, models, &opened.zones, decided, &**progress);
    let mut checks = checking.await?;
    drop_followed(&mut checks.findings, &args.full_text);
    ui.lines(&checks.lines());
    report.end_phase("check", ui);
    if is_refused(&checks, args, decided) {
        ui.say(format!("\n{}", Summary::of(&checks)));
        ui.warn("nothing was written");
        report.next = next(&checks, args, decided);
        decisions::offer(&report.next, ui);
        if report.next.is_empty() {
            ui.hint(by_hand(args.dump.dump.is_some()));
        }
        report.checks = Some(checks);
        return Ok(None);
    }
    report.checks = Some(checks);
    let workspace = opened.readable()?;
    Ok(Some(CheckedWorkspace { workspace, seconds: clock.seconds() }))
}

/// A target with a schema.
struct PreparedTarget {
    connection: Connection,
    text_search: TextSearch,
    jobs: usize,
    session_limit: usize,
}

/// Builds the target's schema, and keeps others from it; `None` if something is in the way.
async fn build_schema(
    MigrateRun { args, context, progress }: MigrateRun<'_>,
    CheckedWorkspace { workspace, seconds }: &CheckedWorkspace,
    report: &mut MigrateReport,
) -> anyhow::Result<Option<PreparedTarget>> {
    let (ui, schema) = (context.ui, workspace.schema.as_str());
    progress.enter(1);
    ui.title("2. Schema");
    let mut connection = Connection::connect(&workspace.target).await?;
    let text_search = check_target(&connection, args, workspace, context, report).await?;
    let Some(text_search) = text_search else { return Ok(None) };
    refuse_newer_products(&connection, schema, &workspace.models).await?;
    let jobs = args.jobs.map_or_else(default_jobs, usize::from);
    let granted = SessionLimits::read(Some(&workspace.source), &connection, jobs).await?;
    ui.lines(&granted.lines());
    let session_limit = granted.for_work;
    take_exclusive(&connection, schema).await?;
    if let Some(created) = text_search.create(&connection).await? {
        ui.lines(&[created_line(created)]);
    }
    let done = workspace.build_schema(&mut connection, &**progress).await?;
    ui.lines(&migration_lines(&done, schema));
    report.schema = Some(done);
    ledger::record_phase(&connection, schema, LedgerPhase::Check, *seconds).await?;
    report.end_phase("schema", ui);
    let jobs = jobs.min(session_limit);
    Ok(Some(PreparedTarget { connection, text_search, jobs, session_limit }))
}

/// Rows that were copied.
struct CopiedRows {
    quarantine: SharedQuarantine,
    /// Whether any row was still to be copied.
    changed_rows: bool,
}

/// Copies the rows; `None` if something is in the way.
async fn copy_rows(
    MigrateRun { args, context, progress }: MigrateRun<'_>,
    workspace: &Workspace,
    prepared: &PreparedTarget,
    policy: PolicyOf,
    report: &mut MigrateReport,
) -> anyhow::Result<Option<CopiedRows>> {
    let (ui, schema) = (context.ui, workspace.schema.as_str());
    progress.enter(2);
    ui.title("3. Rows");
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &workspace.database)?;
    let text_search = &prepared.text_search;
    let copying = CopyOptions {
        jobs: prepared.jobs,
        session_limit: prepared.session_limit,
        full_text: FullText::Build,
        next: if args.live { Next::Follow } else { Next::Switch },
        text_search: text_search.asked(),
        ..copy::table_options(&args.tables, schema)
    };
    ui.lines(&workspace.models.unknown_table_lines());
    workspace.models.refuse_unknown_calls()?;
    ui.lines(&workspace.models.unknown_version_lines());
    let copying = workspace.copy_options(policy, copying);
    let quarantine = Arc::new(Mutex::new(quarantine));
    // The copy takes the lock in a session of its own.
    release_exclusive(&prepared.connection, schema).await?;
    let planned = match copy::plan(&workspace.source, &workspace.target, copying, ui).await? {
        Ok(planned) => planned,
        Err(loss) => {
            report.next = vec![copy::accept_loss("migration-assist migrate", &loss)];
            report.would_delete = Some(loss);
            return Ok(None);
        }
    };
    if let Some(earlier) = planned.earlier() {
        if !args.live {
            describe_earlier(earlier, ui);
        }
        report.earlier = Some(earlier.clone());
        if !args.live && earlier.source_changed == Some(true) && !planned.changes_rows() {
            report.next = offer_to_copy_again(ui);
            return Ok(None);
        }
    }
    copy::explain_no_work(&args.tables, &planned, ui);
    let (work, changed_rows) = (CopyWork::of(&planned), planned.changes_rows());
    let copied = workspace.copy(planned, &quarantine, progress.clone()).await?;
    let altered = quarantine.lock().is_ok_and(|it| it.has_records())
        || copied.tables.iter().any(|it| it.resumed) && args.quarantine.exists();
    report.quarantine = altered.then(|| args.quarantine.clone());
    ui.lines(&copied.lines(work));
    report.copy = Some(copied);
    report.end_phase("copy", ui);
    Ok(Some(CopiedRows { quarantine, changed_rows }))
}

/// Looks at the target before anything is built; `None` if something is in the way.
async fn check_target(
    connection: &Connection,
    args: &MigrateArgs,
    Workspace { source, catalog, schema, .. }: &Workspace,
    context: Context,
    report: &mut MigrateReport,
) -> anyhow::Result<Option<TextSearch>> {
    let configuration = &args.full_text.configuration;
    let accepted =
        AcceptedTarget { ctype: args.locale.accept_ctype, text_search: configuration.is_asked() };
    let checks = TargetChecks { owner: true, empty: false, ledger: LedgerNeed::Needed, accepted };
    let checked = TargetReport::read(connection, schema, checks).await?;
    context.ui.lines(&checked.lines(checks));
    if !checked.is_ready() {
        context.ui.warn("nothing was written");
        return Ok(None);
    }
    let channels = catalog.table("Channels").map(|table| table.name.as_str());
    let order = ChannelOrder::read(connection, schema, source, channels, args.show_values).await?;
    context.ui.lines(&order.as_ref().map_or_else(Vec::new, ChannelOrder::lines));
    report.channel_order = order;
    let text_search = text_search::find(connection, schema, configuration, context.ui).await?;
    if text_search.is_none() {
        context.ui.warn("nothing was written");
    }
    Ok(text_search)
}

/// Builds the missing indexes, fills the materialized views, analyzes, and sets what searches need; whether
/// any index was built.
async fn build_indexes(
    MigrateRun { args, context, progress }: MigrateRun<'_>,
    workspace: &Workspace,
    PreparedTarget { connection, text_search, jobs, .. }: &PreparedTarget,
    report: &mut MigrateReport,
) -> anyhow::Result<bool> {
    let schema = workspace.schema.as_str();
    let building = BuildOptions::new(schema, Scope::All, *jobs);
    let building = text_search.apply(building, text_search::options(&args.full_text));
    let (built, refreshed) = workspace.build_indexes(connection, building, &**progress).await?;
    context.ui.lines(&built_lines(&built, &refreshed));
    let any_built = !built.built.is_empty();
    (report.indexes, report.refresh) = (Some(built), Some(refreshed));
    let searches = text_search.finish(connection, schema).await?;
    context.ui.lines(&searches.lines());
    report.text_search = Some(searches);
    Ok(any_built)
}

/// The comparison that the flags request.
fn comparison(args: &MigrateArgs, whole: VerifyOptions) -> VerifyOptions {
    VerifyOptions {
        tables: args.tables.tables.clone(),
        exclude: args.tables.exclude.clone(),
        limit: args.limit,
        show: if args.show_values { Show::Values } else { Show::Names },
        ..whole
    }
}

/// Refuses to exclude a table that neither side has, because its name is misspelt.
fn refuse_unknown(
    excluded: &[String],
    models: &SourceModels,
    source: &Catalog,
) -> anyhow::Result<()> {
    match excluded.iter().find(|name| !models.has_table(source, name)) {
        None => Ok(()),
        Some(name) => {
            let message = format!("table `{name}` exists neither in the source nor in the target");
            Err(hinted(message, "correct `--exclude`").into())
        }
    }
}

fn describe_earlier(earlier: &EarlierCopy, ui: Ui) {
    ui.say(format!(
        "the target has the rows of a copy that was started at {} and finished at {} (UTC)",
        earlier.started_at, earlier.finished_at
    ));
    match earlier.source_changed {
        Some(true) => ui.warn("the source has changed since that copy"),
        Some(false) => ui.say("the source has not changed since that copy"),
        None => ui.say("cannot determine whether the source has changed since; the proof will"),
    }
}

/// Prints how the rows are copied again, and returns the command.
fn offer_to_copy_again(ui: Ui) -> Vec<Step> {
    ui.warn("nothing was copied");
    ui.hint(
        "stop Mattermost on every node, or freeze the source, and copy again: `migration-assist migrate \
         --restart`",
    );
    vec![Step::new("copy again, once Mattermost is stopped", "migration-assist migrate --restart")]
}
