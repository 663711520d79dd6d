//! `copy`: copies all rows.

use std::path::Path;
use std::sync::{Arc, Mutex};

use schemars::JsonSchema;
use serde::Serialize;

use super::failure::hinted;
use super::row_check::{check_before_copy, copy_unread, refuse_rows};
use super::session_limits::granted_sessions;
use super::text_search::TextSearch;
use super::time_zones::{self, WithTimeZones};
use super::{Context, ExitStatus, connect, decisions, post_migrate, products, target_locale};
use crate::check::dump::BYTES_CHECKED;
use crate::check::time_zones::zones as zones_of;
use crate::check::{Step, grouped, time_zone_findings};
use crate::cli::{CopyArgs, OnErrorArg, TablesArgs};
use crate::convert::TimeZones;
use crate::copy::{
    self, ALL_INDEXES, ALL_TABLES, Consistency, CopyCounts, CopyOptions, CopyReport, FullText,
    LossConsent, Next, Occupied, OnError, PlannedCopy, Space, Start, TargetLoss, default_jobs,
};
use crate::follow::find_obstacles;
use crate::foreign_text::spell_out_names;
use crate::postgres::{Connection, Dsn};
use crate::progress::Progress;
use crate::quarantine::{Purpose, Quarantine};
use crate::schema::Product;
use crate::shell::shell_word;
use crate::source::{Doubt, Source};
use crate::ui::{Phase, Ui, human_bytes, table};
use crate::workspace::{
    OpenOptions, OpenedSource, RowCheck, RowScan, RowsBeforeCopy, SourceModels, SourceSpec,
    Unknown, ZoneRequest, read_policy, record_decisions,
};

/// Copying. A row that is loaded takes as long as seven rows of a B-tree (`scripts/bench copy`, 2 processors).
pub(super) const COPYING: Phase =
    Phase { weight: 1.0, tasks: &[(ALL_TABLES, 7.0), (ALL_INDEXES, 1.0)] };
/// A dump is read twice: to check its rows, and to copy them.
const PHASES_OF_DUMP: [Phase; 2] = [Phase::of(1.0, &[(BYTES_CHECKED, 1.0)]), COPYING];

#[expect(clippy::too_many_lines, reason = "the steps stand in one place, in their order")]
pub(super) async fn run(args: CopyArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (spec, target) = connect::named_sides(&args.sides, &args.dump, context.ui)?;
    if let (true, SourceSpec::Server(source)) = (args.live, &spec) {
        let obstacles = find_obstacles(source).await?;
        if !obstacles.is_empty() {
            return super::follow::refuse("copy", &obstacles, context);
        }
    }
    let phases: &[Phase] = if args.dump.dump.is_some() { &PHASES_OF_DUMP } else { &[COPYING] };
    let progress = Arc::new(context.ui.progress_of(phases));
    let chosen = &args.products.products;
    // Rows that do not fit are quarantined one by one then.
    let rows = if args.no_check || args.tables.on_error == OnErrorArg::Quarantine {
        RowScan::Locate
    } else {
        RowScan::Check
    };
    let sides = (&target, args.sides.schema.as_str());
    let decisions = decisions::of_run(&args.decisions, &args.tables, sides, context.ui).await?;
    let decided = &decisions.applied;
    let opening = OpenOptions { chosen, unknown: Unknown::of(decided), rows };
    let (mut origin, knowledge) = OpenedSource::open(&spec, opening, &*progress).await?;
    // Recorded ones may be about tables that are not asked for now.
    origin.check_decisions(&knowledge, &decisions.given)?;
    let mut state = time_zones::read_target(&target, &args.sides.schema, context.ui).await?;
    if args.tables.restart {
        state.recorded = TimeZones::default();
    }
    let request = ZoneRequest::new(&knowledge, &state, time_zones::options(&args.time_zone));
    let request = request.of_tables(&args.tables.tables, &args.tables.exclude);
    let zones = origin.time_zones(&request, &*progress).await?;
    let found = time_zone_findings(&zones);
    let may_quarantine = args.tables.on_error == OnErrorArg::Quarantine;
    if let Some(status) = time_zones::report(&found, may_quarantine, "copy", context)? {
        return Ok(status);
    }
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &origin.database())?;
    let quarantine = Arc::new(Mutex::new(quarantine));
    products::warn_of_absent(&knowledge, chosen, context.ui);
    products::warn_of_unknown(&knowledge, context.ui);
    let options = CopyOptions {
        time_zones: zones_of(&zones),
        policy: read_policy(decided, &knowledge, origin.catalog(), &origin.source()?).await?,
        decided_anew: decisions.decided_anew(),
        ..options(&args)
    };
    let options = apply(&knowledge, options, context.ui)?;
    let looking = Connection::connect(&target).await?;
    products::refuse_newer(&looking, &args.sides.schema, &knowledge).await?;
    let accept_ctype = args.locale.accept_ctype;
    if !target_locale::check(&looking, &args.sides.schema, accept_ctype, context).await? {
        context.ui.warn("nothing was copied");
        context.json("copy", &post_migrate::Refused { refused: "ctype" }, Vec::new())?;
        return Ok(ExitStatus::Findings);
    }
    let text_search = text_search(&looking, &args, context.ui).await?;
    let Some(text_search) = text_search else {
        context.ui.warn("nothing was copied");
        context.json("copy", &post_migrate::Refused { refused: "text-search" }, Vec::new())?;
        return Ok(ExitStatus::Findings);
    };
    let session_limit =
        granted_sessions(&origin.source()?, &looking, options.jobs, context.ui).await?;
    text_search.create(&looking, context.ui).await?;
    let options = CopyOptions {
        jobs: options.jobs.min(session_limit),
        session_limit,
        text_search: text_search.configuration.clone().filter(|_| text_search.is_asked),
        ..options
    };
    let pending = match plan(&origin.source()?, &target, options, context.ui).await? {
        Ok(pending) => pending,
        Err(loss) => {
            context.json("copy", &Refused { would_delete: &loss }, Vec::new())?;
            return Ok(ExitStatus::Findings);
        }
    };
    explain_no_work(&args.tables, &pending, context.ui);
    let new = pending.new_tables();
    let check = RowCheck { models: &knowledge, tables: &new, decided };
    let before = if rows == RowScan::Check && !new.is_empty() {
        check_before_copy(&check, origin, &pending, &*progress, context.ui).await?
    } else {
        RowsBeforeCopy::Fit
    };
    if !matches!(before, RowsBeforeCopy::Unfit(_)) {
        record_decisions(&target, &args.sides.schema, decided).await?;
    }
    progress.enter(phases.len() - 1);
    let copied = match before {
        RowsBeforeCopy::Unfit(found) => Err(found),
        RowsBeforeCopy::Fit => Ok(pending.run(Arc::clone(&quarantine), progress).await?),
        RowsBeforeCopy::Unread(unread) => {
            let ways = (progress as Arc<dyn Progress>, context.ui);
            copy_unread(&check, &unread, pending, &quarantine, ways).await?
        }
    };
    let report = match copied {
        Ok(report) => report,
        Err(findings) => {
            refuse_rows(&findings, decided, args.dump.dump.as_deref(), context)?;
            return Ok(ExitStatus::Findings);
        }
    };
    describe(&report, context);
    if args.full_text {
        text_search.finish(&looking, &args.sides.schema, context).await?;
    }
    if !report.left_to_post_migrate.is_empty() {
        let next = "run `migration-assist post-migrate` next: it builds the full-text indexes";
        context.ui.hint(next);
    }
    if args.live {
        context.ui.hint("run `migration-assist follow` next: it applies what was written since");
    }
    let kept = quarantine.lock().map(|it| it.has_records().then(|| it.path().to_owned()));
    if let Ok(Some(path)) = kept {
        context.ui.say(format!("altered values and quarantined rows are in `{}`", path.display()));
    }
    let next = next(&report, args.live, args.dump.dump.as_deref());
    context.json("copy", &WithTimeZones { report: &report, time_zones: &zones }, vec![next])?;
    Ok(if report.is_whole() { ExitStatus::Success } else { ExitStatus::Findings })
}

/// The command that leads on.
fn next(report: &CopyReport, is_live: bool, dump: Option<&Path>) -> Step {
    if !report.is_whole() {
        return Step::new("copy what is missing", "migration-assist copy");
    }
    if is_live {
        return Step::new("apply what was written since", "migration-assist follow");
    }
    if !report.left_to_post_migrate.is_empty() {
        return Step::new("build the full-text indexes", "migration-assist post-migrate");
    }
    let mut command = "migration-assist verify".to_owned();
    if let Some(file) = dump {
        command.extend([" --dump ", &shell_word(&file.to_string_lossy())]);
    }
    Step::new("compare every row of both sides", command)
}

/// The configuration for the full-text indexes that the copy builds; `None` if something is in the way.
async fn text_search(
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
    TextSearch::find(target, &args.sides.schema, &args.text_search, ui).await
}

/// Prints why flags have no effect.
pub(super) fn explain_no_work(args: &TablesArgs, plan: &PlannedCopy, ui: Ui) {
    if plan.changes_rows() {
        return;
    }
    ui.say("all rows of these tables are already copied");
    if args.truncate_target {
        ui.hint(
            "`--truncate-target` empties tables whose rows no copy wrote; to copy again, use `--restart`",
        );
    } else if args.only_failed {
        ui.hint("no table failed; to copy all tables again, run `migration-assist copy --restart`");
    }
}

/// Adds the tables to create first, and the tables to skip.
pub(super) fn apply(
    knowledge: &SourceModels,
    options: CopyOptions,
    ui: Ui,
) -> anyhow::Result<CopyOptions> {
    for (product, found, known) in knowledge.unknown_versions() {
        if product == Product::Calls {
            let message = format!(
                "the tables of calls are of version `{found}`, which is unknown, and its keys in \
                 `PluginKeyValueStore` go with them"
            );
            let hint = format!(
                "start Calls once on MySQL in a version with {known} migrations; or copy its tables by \
                 their types with `--copy-unknown`; or leave them behind with `--products mattermost`"
            );
            return Err(hinted(message, hint).into());
        }
        ui.warn(format!(
            "the tables of {product} are of version `{found}`; known versions: {known}: they are copied only \
             where the target has them"
        ));
    }
    Ok(knowledge.copy_options(options))
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

/// Plans a copy. If rows that exist only on the target would be deleted, or tables would be emptied while other
/// programs are connected, this needs a yes at the terminal or the flags that accept exactly this; otherwise
/// `None`.
pub(super) async fn plan(
    source: &Source,
    target: &Dsn,
    mut options: CopyOptions,
    ui: Ui,
) -> anyhow::Result<Result<PlannedCopy, TargetLoss>> {
    let loss = match copy::open(source, target, &options).await {
        Err(copy::Error::WouldDelete(loss)) => loss,
        outcome => return Ok(Ok(outcome?)),
    };
    ui.warn("tables of the target would be emptied:");
    loss.to_string().lines().for_each(|line| ui.warn(line));
    if ui.confirm("Empty these tables anyway?")? {
        let agreed = loss.consent();
        options.consent.rows.extend(agreed.rows);
        options.consent.despite_sessions |= agreed.despite_sessions;
        return Ok(Ok(copy::open(source, target, &options).await?));
    }
    ui.warn("nothing was changed");
    if !loss.sessions.is_empty() {
        ui.hint("stop the programs that are connected to the target");
    }
    ui.hint(format!("to accept exactly this, add `{}`", loss.flags()));
    Ok(Err(loss))
}

/// The objections to emptying tables.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Refused<'a> {
    pub(super) would_delete: &'a TargetLoss,
}

pub(super) fn describe(report: &CopyReport, context: Context) {
    let ui = context.ui;
    for doubt in &report.doubts {
        ui.warn(format!("accepted about the dump: {doubt}"));
    }
    if report.doubts.iter().any(|it| matches!(it, Doubt::LostCharacters { .. })) {
        ui.say("the values with lost characters are in the quarantine, each with its key");
    }
    let head = ["table", "read", "written", "altered", "quarantined", "size", "s"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let has_rows = |counts: &CopyCounts| counts.rows_read + counts.rows_quarantined > 0;
    let (filled, empty): (Vec<_>, Vec<_>) =
        report.tables.iter().partition(|table| has_rows(&table.counts));
    rows.extend(filled.iter().map(|table| row(&table.target, &table.counts)));
    if !empty.is_empty() {
        rows.push(vec![format!("tables without rows: {}", empty.len())]);
    }
    rows.push(row("all tables", &report.total));
    if !report.created.is_empty() {
        ui.say(format!("tables created: {}", spell_out_names(&report.created)));
    }
    ui.say(table(&rows).trim_end());
    ui.say(format!("indexes and constraints built: {}", report.built.len()));
    let claim = describe_consistency(report.consistency);
    if report.is_resumed() {
        ui.say(format!("this run, after earlier ones: {:.1} s; {claim}", report.seconds));
    } else {
        ui.say(format!("copied in {:.1} s; {claim}", report.seconds));
    }
    for definition in &report.not_built {
        ui.warn(format!(
            "`{}` on `{}` was not built: {} (SQLSTATE {})",
            definition.name, definition.table, definition.message, definition.sqlstate
        ));
    }
    for problem in &report.quarantined {
        ui.warn(format!("quarantined: table `{}`, {problem}", problem.table));
    }
    if !report.left_out.is_empty() {
        ui.warn(format!("tables that the target lacks: {}", spell_out_names(&report.left_out)));
    }
    describe_changes(report, context);
}

/// Prints whether the source changed meanwhile.
fn describe_changes(report: &CopyReport, context: Context) {
    let ui = context.ui;
    match report.source_changed {
        Some(true) => ui.warn(
            "the source has changed since the copy began: stop Mattermost, and run `migration-assist \
             copy --restart`",
        ),
        Some(false) => {}
        None => match &report.source_check_error {
            Some(error) => ui.warn(format!("cannot determine whether the source has changed: {error}")),
            None => ui.say("cannot determine whether the source has changed since the copy began"),
        },
    }
    match (report.source_changed_between_runs, report.is_resumed()) {
        (Some(true), _) => ui.warn(
            "the source has changed since the first run: the copied rows are not from one snapshot; stop \
             Mattermost, and run `migration-assist copy --restart`",
        ),
        (None, true) => ui.say(
            "cannot determine whether the source has changed since the first run; `migration-assist \
             verify` compares all rows",
        ),
        _ => {}
    }
}

/// The evidence that all rows of a run come from one snapshot.
pub(super) fn describe_consistency(consistency: Consistency) -> &'static str {
    match consistency {
        Consistency::Lock => "consistent snapshot, taken under a short read lock",
        Consistency::Position => "consistent snapshot, at one position of the binary log",
        Consistency::PositionIfUnfiltered => {
            "all sessions at one position of the binary log: a consistent snapshot, unless the log leaves out \
             this database (`binlog_do_db`, `binlog_ignore_db`), which the account may not see"
        }
        Consistency::ReadOnly => "consistent snapshot of a read-only server",
        Consistency::SingleReader => "consistent snapshot, read by one session",
        Consistency::Dump => "the state at the time of the dump",
        Consistency::Nothing => {
            "no consistent snapshot: the rows are consistent only if Mattermost was stopped"
        }
    }
}

fn row(name: &str, counts: &CopyCounts) -> Vec<String> {
    let altered: u64 = counts.changes.values().flat_map(|of_column| of_column.values()).sum();
    vec![
        name.to_owned(),
        grouped(counts.rows_read),
        grouped(counts.rows_written),
        grouped(altered),
        grouped(counts.rows_quarantined),
        human_bytes(counts.bytes),
        format!("{:.1}", counts.seconds),
    ]
}
