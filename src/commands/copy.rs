//! `copy`: copies all rows.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use schemars::JsonSchema;
use serde::Serialize;

use super::failure::hinted;
use super::opening::open;
use super::row_check::{check_before_copy, copy_unread, refuse_rows};
use super::time_zones::{self, WithTimeZones};
use super::{Context, ExitStatus, connect, decisions, post_migrate, text_search};
use crate::check::dump::BYTES_CHECKED;
use crate::check::{Finding, Step, time_zone_findings};
use crate::cli::{CopyArgs, OnErrorArg, TablesArgs};
use crate::copy::{
    ALL_INDEXES, ALL_TABLES, CopyOptions, CopyReport, FullText, LossConsent, Next, Occupied,
    OnError, PlannedCopy, SharedQuarantine, Space, Start, TargetLoss,
};
use crate::follow::find_obstacles;
use crate::postgres::{Connection, Dsn, read_readiness};
use crate::progress::Progress;
use crate::quarantine::{Purpose, Quarantine};
use crate::render::{created_line, database_line};
use crate::shell::shell_word;
use crate::ui::{Bars, Phase, Ui};
use crate::workers::default_jobs;
use crate::workspace::{
    CaselessCtype, OpenedSource, Opening, RowCheck, RowScan, RowsBeforeCopy, SessionLimits,
    SourceSpec, TextSearch, Workspace, refuse_newer_products,
};

/// Copying: about how long processors take for a row, and for a unit of an index's work, in tenths of a microsecond
/// (`scripts/bench copy`, 2 processors).
pub(super) const COPYING: Phase =
    Phase { weight: 1.0, tasks: &[(ALL_TABLES, 65.0), (ALL_INDEXES, 1.0)] };
const PHASES: [Phase; 1] = [COPYING];
/// A dump is read twice: to check its rows, and to copy them.
const PHASES_OF_DUMP: [Phase; 2] = [Phase::of(1.0, &[(BYTES_CHECKED, 1.0)]), COPYING];

/// A copy under way.
#[derive(Clone, Copy)]
struct CopyRun<'a> {
    args: &'a CopyArgs,
    context: Context,
    progress: &'a Arc<Bars>,
}

pub(super) async fn run(args: CopyArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (spec, target) = connect::named_sides(&args.sides, &args.dump, context.ui)?;
    if let (true, Some(source)) = (args.live, spec.log_server()) {
        let obstacles = find_obstacles(source).await?;
        if !obstacles.is_empty() {
            return super::follow::refuse("copy", &obstacles, context);
        }
    }
    let phases: &[Phase] = if args.dump.dump.is_some() { &PHASES_OF_DUMP } else { &PHASES };
    let progress = Arc::new(context.ui.progress_of(phases));
    let run = CopyRun { args: &args, context, progress: &progress };
    let opened = match open_workspace(run, &spec, target).await? {
        Ok(opened) => opened,
        Err(status) => return Ok(status),
    };
    let workspace = &opened.workspace;
    let policy = workspace.policy().await?;
    workspace.models.refuse_unknown_calls()?;
    context.ui.lines(&workspace.models.unknown_version_lines());
    let options = workspace.copy_options(policy, options(&args));
    let prepared = match prepare_target(run, workspace, options.jobs).await? {
        Ok(prepared) => prepared,
        Err(status) => return Ok(status),
    };
    let text_search = &prepared.text_search;
    let options = CopyOptions {
        jobs: options.jobs.min(prepared.session_limit),
        session_limit: prepared.session_limit,
        text_search: text_search.asked(),
        ..options
    };
    let accepts = |loss: &TargetLoss| accepts_loss(loss, context.ui);
    let planned = match workspace.plan_copy(options, accepts).await? {
        Ok(planned) => planned,
        Err(loss) => {
            let accept = accept_loss("migration-assist copy", &loss);
            context.json("copy", &Refused { would_delete: &loss }, vec![accept])?;
            return Ok(ExitStatus::Findings);
        }
    };
    context.ui.lines(&planned.lines());
    let work = planned.work();
    let OpenedCopy { source, workspace, quarantine } = opened;
    let report = match copy_rows(run, (source, &workspace), planned, &quarantine).await? {
        Ok(report) => report,
        Err(findings) => {
            let decided = &workspace.decisions.applied;
            refuse_rows(&findings, decided, args.dump.dump.as_deref(), context)?;
            return Ok(ExitStatus::Findings);
        }
    };
    context.ui.lines(&report.lines(work));
    if args.full_text {
        let report = text_search.finish(&prepared.connection, &args.sides.schema).await?;
        context.ui.lines(&report.lines());
    }
    lead_on(run, &report, &quarantine);
    let next = next(&report, args.live, args.dump.dump.as_deref());
    let with_zones = WithTimeZones { report: &report, time_zones: &workspace.zones };
    context.json("copy", &with_zones, next)?;
    Ok(if report.is_whole() { ExitStatus::Success } else { ExitStatus::Findings })
}

/// The workspace of a copy.
struct OpenedCopy {
    source: OpenedSource,
    workspace: Workspace,
    quarantine: SharedQuarantine,
}

/// What is determined about the rows before the copy.
fn row_scan(args: &CopyArgs) -> RowScan {
    // Rows that do not fit are quarantined one by one then.
    if args.no_check || args.tables.on_error == OnErrorArg::Quarantine {
        RowScan::Locate
    } else {
        RowScan::Check
    }
}

/// Opens the source; the status, if the time zones are not sufficient.
async fn open_workspace(
    CopyRun { args, context, progress }: CopyRun<'_>,
    spec: &SourceSpec,
    target: Dsn,
) -> anyhow::Result<Result<OpenedCopy, ExitStatus>> {
    let (schema, ui) = (args.sides.schema.as_str(), context.ui);
    let sides = (&target, schema);
    let decisions = decisions::of_run(&args.decisions, &args.tables, sides, ui).await?;
    let opening = Opening {
        source: spec,
        target,
        schema,
        decisions,
        products: &args.products.products,
        rows: row_scan(args),
        zones: time_zones::request(&args.time_zone, &args.tables),
    };
    let (source, opened) = open(opening, &**progress, ui).await?;
    let found = time_zone_findings(&opened.zones);
    let may_quarantine = args.tables.on_error == OnErrorArg::Quarantine;
    if let Some(status) = time_zones::report(&found, may_quarantine, "copy", context)? {
        return Ok(Err(status));
    }
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &source.database())?;
    ui.lines(&opened.models.unknown_table_lines());
    let workspace = opened.readable()?;
    let quarantine = Arc::new(Mutex::new(quarantine));
    Ok(Ok(OpenedCopy { source, workspace, quarantine }))
}

/// A target that can take the rows.
struct PreparedTarget {
    connection: Connection,
    text_search: TextSearch,
    session_limit: usize,
}

/// Looks at the target before anything is built; the status, if something is in the way.
async fn prepare_target(
    CopyRun { args, context, .. }: CopyRun<'_>,
    workspace: &Workspace,
    jobs: usize,
) -> anyhow::Result<Result<PreparedTarget, ExitStatus>> {
    let refuse = |refused| -> anyhow::Result<Result<PreparedTarget, ExitStatus>> {
        context.ui.warn("nothing was copied");
        context.json("copy", &post_migrate::Refused { refused }, Vec::new())?;
        Ok(Err(ExitStatus::Findings))
    };
    let connection = Connection::connect(&workspace.target).await?;
    refuse_newer_products(&connection, &workspace.schema, &workspace.models).await?;
    let readiness = read_readiness(&connection, &workspace.schema).await?;
    context.ui.lines(&[database_line(&readiness)]);
    let ctype = CaselessCtype::find(&connection, &readiness, args.locale.accept_ctype).await?;
    if let Some(ctype) = &ctype {
        context.ui.lines(&ctype.lines());
    }
    if ctype.is_some_and(|it| !it.accepted) {
        return refuse("ctype");
    }
    let text_search = find_text_search(&connection, args, context.ui).await?;
    let Some(text_search) = text_search else { return refuse("text-search") };
    let granted = SessionLimits::read(Some(&workspace.source), &connection, jobs).await?;
    context.ui.lines(&granted.lines());
    if let Some(created) = text_search.create(&connection).await? {
        context.ui.lines(&[created_line(created)]);
    }
    Ok(Ok(PreparedTarget { connection, text_search, session_limit: granted.for_work }))
}

/// Copies the rows, or returns what does not fit.
async fn copy_rows(
    CopyRun { args, context, progress }: CopyRun<'_>,
    (source, workspace): (OpenedSource, &Workspace),
    planned: PlannedCopy,
    quarantine: &SharedQuarantine,
) -> anyhow::Result<Result<CopyReport, Vec<Finding>>> {
    let new = planned.new_tables();
    let decided = &workspace.decisions.applied;
    let check = RowCheck { models: &workspace.models, tables: &new, decided };
    let before = if row_scan(args) == RowScan::Check && !new.is_empty() {
        check_before_copy(&check, source, &planned, &**progress, context.ui).await?
    } else {
        RowsBeforeCopy::Fit
    };
    progress.enter(usize::from(args.dump.dump.is_some()));
    let progress = Arc::clone(progress) as Arc<dyn Progress>;
    Ok(match before {
        RowsBeforeCopy::Unfit(found) => Err(found),
        RowsBeforeCopy::Fit => Ok(workspace.copy(planned, quarantine, progress).await?),
        RowsBeforeCopy::Unread(unread) => {
            workspace.record_decisions().await?;
            let ways = (progress, context.ui);
            copy_unread(&check, &unread, planned, quarantine, ways).await?
        }
    })
}

/// Prints what follows, and where the originals are.
fn lead_on(
    CopyRun { args, context, .. }: CopyRun<'_>,
    report: &CopyReport,
    quarantine: &SharedQuarantine,
) {
    if !report.left_to_post_migrate.is_empty() {
        let next = "run `migration-assist post-migrate` next: it builds the full-text indexes";
        context.ui.hint(next);
    }
    if args.live {
        context.ui.hint("run `migration-assist follow` next: it applies what was written since");
    }
    if report.total.rows_quarantined > 0 {
        let steps = after_quarantine(args.dump.dump.as_deref());
        decisions::offer(&steps, context.ui);
    }
    let kept = quarantine.lock().map(|it| it.has_records().then(|| it.path().to_owned()));
    if let Ok(Some(path)) = kept {
        context.ui.say(format!("altered values and quarantined rows are in `{}`", path.display()));
    }
}

/// The commands of which one leads on.
fn next(report: &CopyReport, is_live: bool, dump: Option<&Path>) -> Vec<Step> {
    if report.total.rows_quarantined > 0 {
        return after_quarantine(dump);
    }
    vec![if !report.is_whole() {
        Step::new("copy what is missing", "migration-assist copy")
    } else if is_live {
        Step::new("apply what was written since", "migration-assist follow")
    } else if !report.left_to_post_migrate.is_empty() {
        Step::new("build the full-text indexes", "migration-assist post-migrate")
    } else {
        Step::new("compare every row of both sides", of_dump("migration-assist verify", dump))
    }]
}

/// The ways on from rows that are in the quarantine.
fn after_quarantine(dump: Option<&Path>) -> Vec<Step> {
    let mut steps = vec![Step::new(
        "list the rows that are missing, with the command that leaves them out by decision",
        of_dump("migration-assist verify", dump),
    )];
    if dump.is_none() {
        let again = "copy them after a repair of the source";
        steps.push(Step::new(again, "migration-assist copy"));
    }
    steps
}

/// The command, for the dump in place of a server.
fn of_dump(command: &str, dump: Option<&Path>) -> String {
    let dump = dump.map(|file| format!(" --dump {}", shell_word(&file.to_string_lossy())));
    format!("{command}{}", dump.unwrap_or_default())
}

/// The configuration for the full-text indexes that the copy builds; `None` if something is in the way.
async fn find_text_search(
    target: &Connection,
    args: &CopyArgs,
    ui: Ui,
) -> anyhow::Result<Option<TextSearch>> {
    if args.text_search.is_asked() && !args.full_text {
        let message = "a text search configuration is chosen and no full-text index is built";
        let hint =
            "add `--full-text`, or choose the configuration with `post-migrate` after the copy";
        return Err(hinted(message.to_owned(), hint).into());
    }
    Ok(text_search::find(target, &args.sides.schema, &args.text_search, ui).await?)
}

fn options(args: &CopyArgs) -> CopyOptions {
    CopyOptions {
        jobs: args.jobs.map_or_else(default_jobs, usize::from),
        full_text: if args.full_text || args.live { FullText::Build } else { FullText::Leave },
        next: if args.live { Next::Follow } else { Next::Switch },
        ..table_options(&args.tables, &args.sides.schema)
    }
}

/// The options that `copy` and `migrate` have in common.
pub(super) fn table_options(args: &TablesArgs, schema: &str) -> CopyOptions {
    CopyOptions {
        schema: schema.to_owned(),
        tables: args.tables.clone(),
        exclude: args.exclude.clone(),
        only_failed: args.only_failed,
        start: if args.restart { Start::Restart } else { Start::Resume },
        occupied: if args.truncate_target { Occupied::Truncate } else { Occupied::Refuse },
        consent: LossConsent {
            rows: args.delete_target_rows.iter().cloned().collect(),
            despite_sessions: args.despite_target_sessions,
        },
        on_error: match args.on_error {
            OnErrorArg::Stop => OnError::Stop,
            OnErrorArg::Quarantine => OnError::Quarantine,
        },
        space: if args.no_space_check { Space::Ignore } else { Space::Check },
        ..CopyOptions::default()
    }
}

/// Prints what would be lost, and asks at the terminal whether it may be.
pub(super) fn accepts_loss(loss: &TargetLoss, ui: Ui) -> io::Result<bool> {
    ui.warn("tables of the target would be emptied:");
    loss.to_string().lines().for_each(|line| ui.warn(line));
    if ui.confirm("Empty these tables anyway?")? {
        return Ok(true);
    }
    ui.warn("nothing was changed");
    if !loss.sessions.is_empty() {
        ui.hint("stop the programs that are connected to the target");
    }
    ui.hint(format!("to accept exactly this, add `{}`", loss.flags()));
    Ok(false)
}

/// The command that accepts exactly this loss.
pub(super) fn accept_loss(command: &str, loss: &TargetLoss) -> Step {
    let effect = if loss.tables.is_empty() {
        "copy although other programs are connected to the target"
    } else {
        "delete these rows of the target and copy"
    };
    Step::new(effect, format!("{command} {}", loss.flags()))
}

/// The objections to emptying tables.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Refused<'a> {
    pub(super) would_delete: &'a TargetLoss,
}
