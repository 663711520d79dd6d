//! `copy`: all rows, natively.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde::Serialize;

use super::failure::hinted;
use super::models::SourceModels;
use super::origin::{Look, Origin, Rows};
use super::time_zones::{self, Request, TargetState, WithTimeZones};
use super::{Context, ExitStatus, connect, products};
use crate::check::time_zones::zones as zones_of;
use crate::check::{Finding, time_zone_findings};
use crate::cli::{CopyArgs, Format, OnErrorArg, TablesArgs};
use crate::convert::{Policy, TimeZones};
use crate::copy::{
    self, Consistency, CopyOptions, CopyReport, FullText, LossConsent, Occupied, OnError,
    PlannedCopy, Space, Start, TargetLoss, default_jobs,
};
use crate::migrations;
use crate::postgres::{Connection, Dsn};
use crate::progress::Progress;
use crate::quarantine::{Purpose, Quarantine};
use crate::schema::{Column, Product};
use crate::source::Source;
use crate::ui::{Ui, table};

pub(super) async fn run(args: CopyArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (named, target) = connect::named_sides(&args.sides, &args.dump)?;
    let progress = Arc::new(context.ui.progress());
    let chosen = &args.products.products;
    // What does not fit is set aside then, row by row.
    let rows = if args.no_check || args.tables.on_error == OnErrorArg::Quarantine {
        Rows::Find
    } else {
        Rows::Check
    };
    let look = Look { chosen, unknown: args.copy_unknown.into(), rows };
    let (mut origin, knowledge) = Origin::find(&named, look, &*progress).await?;
    let mut state = TargetState::read(&target, &args.sides.schema, context.ui).await?;
    if args.tables.restart {
        state.recorded = TimeZones::default();
    }
    let request = Request::new(&knowledge, &state, &args.time_zone);
    let request = request.of_tables(&args.tables.tables, &args.tables.exclude);
    let zones = origin.time_zones(&request, &*progress).await?;
    let found = time_zone_findings(&zones);
    let may_quarantine = args.tables.on_error == OnErrorArg::Quarantine;
    if let Some(status) = time_zones::report(&found, may_quarantine, "copy", context)? {
        return Ok(status);
    }
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &origin.database())?;
    let quarantine = Arc::new(Mutex::new(quarantine));
    knowledge.warn_of_absent(chosen, context.ui);
    knowledge.warn_of_unknown(context.ui);
    let options = CopyOptions { time_zones: zones_of(&zones), ..options(&args) };
    let options = apply(&knowledge, options, context.ui)?;
    let looking = Connection::connect(&target).await?;
    products::refuse_newer(&looking, &args.sides.schema, &knowledge).await?;
    drop(looking);
    let pending = match plan(&origin.source()?, &target, options, context.ui).await? {
        Ok(pending) => pending,
        Err(loss) => {
            if context.format == Format::Json {
                context.json("copy", &Refused { would_delete: &loss })?;
            }
            return Ok(ExitStatus::Findings);
        }
    };
    explain_no_work(&args.tables, &pending, context.ui);
    let new = pending.new_tables();
    let check = rows == Rows::Check && !new.is_empty();
    if check && !all_fit(origin, &knowledge, &new, &*progress, context).await? {
        return Ok(ExitStatus::Findings);
    }
    let report = pending.run(Arc::clone(&quarantine), progress).await?;
    describe(&report, context);
    if !report.left_to_post_migrate.is_empty() {
        let next = "run `migration-assist post-migrate` next: it builds the full-text indexes";
        context.ui.hint(next);
    }
    let kept = quarantine.lock().map(|it| it.has_records().then(|| it.path().to_owned()));
    if let Ok(Some(path)) = kept {
        context.ui.say(format!("altered values and rows set aside are in `{}`", path.display()));
    }
    if context.format == Format::Json {
        context.json("copy", &WithTimeZones { report: &report, time_zones: &zones })?;
    }
    Ok(if report.is_whole() { ExitStatus::Success } else { ExitStatus::Findings })
}

/// Says why flags have nothing to do.
pub(super) fn explain_no_work(args: &TablesArgs, plan: &PlannedCopy, ui: Ui) {
    if plan.changes_rows() {
        return;
    }
    ui.say("all rows of these tables are copied already");
    if args.truncate_target {
        ui.hint(
            "`--truncate-target` is for rows that no copy wrote; to copy again, use `--restart`",
        );
    } else if args.only_failed {
        ui.hint("no table failed; to copy tables again, use `--restart --tables TABLES`");
    }
}

/// Adds which tables are to be made first, and which are left alone.
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
    Ok(CopyOptions {
        create: knowledge.creations(),
        left_out: knowledge.left_out(),
        required: knowledge.core_tables(),
        is_known_name: migrations::is_known_name,
        ..options
    })
}

/// What stood in the way of the rows.
#[derive(Debug, Serialize)]
struct RowFindings<'a> {
    findings: &'a [Finding],
}

/// Whether every row of these tables will arrive; says which will not.
async fn all_fit(
    origin: Origin,
    knowledge: &SourceModels,
    tables: &BTreeSet<String>,
    progress: &dyn Progress,
    context: Context,
) -> anyhow::Result<bool> {
    let (ui, is_dump) = (context.ui, matches!(origin, Origin::Dump(_)));
    if !is_dump {
        ui.say("looking for rows that do not fit; `--no-check` skips this");
    }
    let products = knowledge.products();
    let models = knowledge.models(&products);
    let findings = origin.row_obstacles(&models, tables, progress).await?;
    if findings.is_empty() {
        return Ok(true);
    }
    for finding in &findings {
        ui.warn(format!("\n{finding}").trim_end());
    }
    ui.warn("nothing was copied");
    ui.hint(if is_dump {
        "repair the database that the dump was made from with `migration-assist mysql DSN --fix all` and \
         make the dump again, or run again with `--on-error quarantine` to quarantine such rows"
    } else {
        "run the repairs and statements under the findings, or run again with `--on-error quarantine` to \
         quarantine such rows"
    });
    if context.format == Format::Json {
        context.json("copy", &RowFindings { findings: &findings })?;
    }
    Ok(false)
}

fn options(args: &CopyArgs) -> CopyOptions {
    CopyOptions {
        jobs: args.jobs.map_or_else(default_jobs, usize::from),
        full_text: if args.full_text { FullText::Build } else { FullText::Leave },
        ..table_options(&args.tables, &args.sides.schema)
    }
}

/// What `copy` and `migrate` have in common.
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
        policy: Arc::new(policy),
        ..CopyOptions::default()
    }
}

/// Plans a copy. Rows that exist only on the target go, or tables are emptied while other programs are
/// connected, only after a yes at the terminal or with the flags that accept exactly this; `None`
/// without.
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
    ui.warn("tables of the target would be emptied, and this is not only what a copy wrote:");
    ui.warn(loss.to_string());
    if ui.confirm("Empty these tables all the same?")? {
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

/// What stands in the way of emptying tables.
#[derive(Debug, Serialize)]
pub(super) struct Refused<'a> {
    pub(super) would_delete: &'a TargetLoss,
}

/// What is done to the values of a column: the same wherever rows are carried over or compared.
pub(super) fn policy(table: &str, column: &Column) -> Policy {
    Policy::of_mattermost(table, &column.name, !column.not_null)
}

pub(super) fn describe(report: &CopyReport, context: Context) {
    let ui = context.ui;
    for doubt in &report.doubts {
        ui.warn(format!("accepted about the dump: {doubt}"));
    }
    let head = ["table", "read", "written", "altered", "aside", "MiB", "s"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for table in &report.tables {
        rows.push(row(&table.target, &table.counts));
    }
    rows.push(row("all tables", &report.total));
    if !report.created.is_empty() {
        ui.say(format!("tables that were made: {}", report.created.join(", ")));
    }
    ui.say(table(&rows).trim_end());
    ui.say(format!("indexes and constraints built: {}", report.built.len()));
    let claim = describe_consistency(report.consistency);
    ui.say(format!("copied in {:.1} s; {claim}", report.seconds));
    for definition in &report.not_built {
        ui.warn(format!(
            "`{}` on `{}` was not built: {} (SQLSTATE {})",
            definition.name, definition.table, definition.message, definition.sqlstate
        ));
    }
    for problem in &report.quarantined {
        ui.warn(format!("set aside: table `{}`, {problem}", problem.table));
    }
    if !report.left_out.is_empty() {
        ui.warn(format!("tables the target does not have: {}", report.left_out.join(", ")));
    }
    describe_changes(report, context);
}

/// What the source did meanwhile.
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

/// What the claim rests on that all rows of a run come from one snapshot.
pub(super) fn describe_consistency(consistency: Consistency) -> &'static str {
    match consistency {
        Consistency::Lock => "consistent snapshot, taken under a short read lock",
        Consistency::Position => "consistent snapshot, at one position of the binary log",
        Consistency::ReadOnly => "consistent snapshot of a read-only server",
        Consistency::SingleReader => "consistent snapshot, read by one session",
        Consistency::Dump => "the state at the time of the dump",
        Consistency::Nothing => {
            "no consistent snapshot: the rows are consistent only if Mattermost was stopped"
        }
    }
}

fn row(name: &str, counts: &crate::copy::CopyCounts) -> Vec<String> {
    let altered: u64 = counts.changes.values().flat_map(|of_column| of_column.values()).sum();
    vec![
        name.to_owned(),
        counts.rows_read.to_string(),
        counts.rows_written.to_string(),
        altered.to_string(),
        counts.rows_quarantined.to_string(),
        (counts.bytes >> 20).to_string(),
        format!("{:.1}", counts.seconds),
    ]
}
