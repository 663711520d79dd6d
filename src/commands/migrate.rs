//! `migrate`: check, schema, copy, indexes and proof in one go.

mod verdict;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use serde::Serialize;

use super::failure::hinted;
use super::models::SourceModels;
use super::origin::{Look, Origin, Rows};
use super::time_zones::{Request, TargetState};
use super::{Context, ExitStatus, connect, copy, postgres, products, verify};
use crate::check::dump::BYTES_CHECKED;
use crate::check::time_zones::zones as zones_of;
use crate::check::{CheckReport, Finding, ROWS_CHECKED, Severity, time_zone_findings};
use crate::cli::{Format, MigrateArgs, OnErrorArg};
use crate::convert::TimeZones;
use crate::copy::{
    ALL_INDEXES, ALL_TABLES, CopyOptions, CopyReport, EarlierCopy, FullText, TargetLoss,
    default_jobs,
};
use crate::indexes::{self, BuildOptions, BuildReport, RefreshReport, Scope};
use crate::migrations::{self, RunReport};
use crate::postgres::Connection;
use crate::quarantine::{Purpose, Quarantine};
use crate::ui::{Phase, Ui};
use crate::verify::{Show, VerifyOptions, VerifyReport};

/// What tells how far each phase is, and its part of the whole, in seconds as estimated from a migration
/// of a million posts that took 36 s in all (`scripts/bench migrate`, 2 processors).
const PHASES: [Phase; 5] = phases(Phase(&[(ROWS_CHECKED, 3.0)]));
/// The same of a dump, which is checked as it is read.
const PHASES_OF_DUMP: [Phase; 5] = phases(Phase(&[(BYTES_CHECKED, 10.0)]));

const fn phases(check: Phase) -> [Phase; 5] {
    [
        check,
        Phase(&[("migrations", 0.5)]),
        Phase(&[(ALL_TABLES, 5.0), (ALL_INDEXES, 20.0)]),
        Phase(&[("analyze", 2.0)]),
        Phase(&[(crate::verify::ALL_TABLES, 5.0)]),
    ]
}

#[derive(Debug, Default, Serialize)]
#[serde(default)]
struct MigrateReport {
    checks: Option<CheckReport>,
    schema: Option<RunReport>,
    copy: Option<CopyReport>,
    /// An earlier copy whose rows are in the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<EarlierCopy>,
    /// What would have been deleted from the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_delete: Option<TargetLoss>,
    /// Where the values are, as they were, that the copy altered.
    quarantine: Option<PathBuf>,
    indexes: Option<BuildReport>,
    refresh: Option<RefreshReport>,
    verify: Option<VerifyReport>,
}

/// How far the steps went.
enum MigrateOutcome {
    /// Something stands in the way, and was said.
    Stopped,
    /// To the proof.
    Complete,
}

pub(super) async fn run(args: MigrateArgs, context: Context) -> anyhow::Result<ExitStatus> {
    if let Some(path) = &args.log {
        context.ui.log_to(path).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    let mut report = MigrateReport::default();
    let status = match steps(&args, context, &mut report).await? {
        MigrateOutcome::Stopped => ExitStatus::Findings,
        MigrateOutcome::Complete => verdict::say(&report, args.dump.dump.is_some(), context.ui),
    };
    if context.format == Format::Json {
        context.json("migrate", &report)?;
    }
    Ok(status)
}

async fn steps(
    args: &MigrateArgs,
    context: Context,
    report: &mut MigrateReport,
) -> anyhow::Result<MigrateOutcome> {
    let (named, target) = connect::named_sides(&args.sides, &args.dump)?;
    let (ui, schema) = (context.ui, args.sides.schema.as_str());
    let phases = if args.dump.dump.is_some() { &PHASES_OF_DUMP } else { &PHASES };
    let progress = Arc::new(ui.progress_of(phases));

    ui.title("1. What in the source will not arrive as it is?");
    let chosen = &args.products.products;
    let look = Look { chosen, unknown: args.copy_unknown.into(), rows: Rows::Check };
    let (mut origin, knowledge) = Origin::find(&named, look, &*progress).await?;
    let (database, source) = (origin.database(), origin.source());
    knowledge.warn_of_absent(chosen, ui);
    let products = knowledge.products();
    let models = knowledge.models(&products);
    refuse_unknown(&args.tables.exclude, &knowledge, &origin)?;
    let mut state = TargetState::read(&target, schema, ui).await?;
    if args.tables.restart {
        state.recorded = TimeZones::default();
    }
    let request = Request::new(&knowledge, &state, &args.time_zone)
        .of_tables(&args.tables.tables, &args.tables.exclude);
    let zones = origin.time_zones(&request, &*progress).await?;
    let mut checks = origin.check(&models, &*progress).await?;
    checks.add(time_zone_findings(&zones));
    ui.say(checks.to_string().trim_end());
    let refusal = refusal(&checks, args);
    report.checks = Some(checks);
    if let Some(hint) = refusal {
        ui.warn("nothing was written");
        ui.hint(hint);
        return Ok(MigrateOutcome::Stopped);
    }
    let source = source?;

    progress.enter(1);
    ui.title("2. The schema of the source's own migrations");
    let mut connection = Connection::connect(&target).await?;
    if !postgres::check_privileges(&connection, schema, context).await? {
        ui.warn("nothing was written");
        return Ok(MigrateOutcome::Stopped);
    }
    products::refuse_newer(&connection, schema, &knowledge).await?;
    let set = models.applied_set();
    let done = migrations::run(&mut connection, schema, &set, &*progress).await?;
    postgres::describe_run(&done, schema, context);
    report.schema = Some(done);

    progress.enter(2);
    ui.title("3. The rows");
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &database)?;
    let copying = CopyOptions {
        jobs: args.jobs.map_or_else(default_jobs, usize::from),
        full_text: FullText::Build,
        time_zones: zones_of(&zones),
        ..copy::table_options(&args.tables, schema)
    };
    knowledge.warn_of_unknown(ui);
    let copying = copy::apply(&knowledge, copying, ui)?;
    let quarantine = Arc::new(Mutex::new(quarantine));
    let jobs = copying.jobs;
    let planned = match copy::plan(&source, &target, copying, ui).await? {
        Ok(planned) => planned,
        Err(loss) => {
            report.would_delete = Some(loss);
            return Ok(MigrateOutcome::Stopped);
        }
    };
    if let Some(earlier) = planned.earlier() {
        describe_earlier(earlier, ui);
        report.earlier = Some(earlier.clone());
        if earlier.source_changed == Some(true) && !planned.changes_rows() {
            offer_to_copy_again(ui);
            return Ok(MigrateOutcome::Stopped);
        }
    }
    copy::explain_no_work(&args.tables, &planned, ui);
    let copied = planned.run(Arc::clone(&quarantine), progress.clone()).await?;
    let altered = quarantine.lock().is_ok_and(|it| it.has_records())
        || copied.tables.iter().any(|it| it.resumed) && args.quarantine.exists();
    report.quarantine = altered.then(|| args.quarantine.clone());
    copy::describe(&copied, context);
    report.copy = Some(copied);

    progress.enter(3);
    ui.title("4. Indexes, materialized views, the planner's figures");
    let model = migrations::known_target_model(&set)?;
    let building = BuildOptions { schema, scope: Scope::All, jobs };
    let built = indexes::build(&target, &model, building, &*progress).await?;
    let refreshed = indexes::refresh(&connection, schema, &model, &*progress).await?;
    super::post_migrate::describe(&built, &refreshed, context);
    (report.indexes, report.refresh) = (Some(built), Some(refreshed));

    progress.enter(4);
    ui.title("5. Every row of both sides");
    let whole = verify::whole(&knowledge, schema, jobs);
    let comparing = VerifyOptions { time_zones: zones_of(&zones), ..comparison(args, whole) };
    let verified = crate::verify::verify(&source, &target, &comparing, progress).await?;
    verify::describe_parts(&verified, ui);
    report.verify = Some(verified);
    Ok(MigrateOutcome::Complete)
}

/// The part of a comparison that the flags ask for.
fn comparison(args: &MigrateArgs, whole: VerifyOptions) -> VerifyOptions {
    VerifyOptions {
        tables: args.tables.tables.clone(),
        exclude: args.tables.exclude.clone(),
        limit: args.limit,
        show: if args.show_values { Show::Values } else { Show::Names },
        ..whole
    }
}

/// Refuses to exclude a table that no side has: its name is misspelt.
fn refuse_unknown(
    excluded: &[String],
    knowledge: &SourceModels,
    origin: &Origin,
) -> anyhow::Result<()> {
    match excluded.iter().find(|name| !knowledge.has_table(origin.catalog(), name)) {
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

fn offer_to_copy_again(ui: Ui) {
    ui.warn("nothing was copied");
    ui.hint("1. stop Mattermost on every node, or freeze the source");
    ui.hint("2. copy again: `migration-assist migrate --restart`");
}

/// What to do before anything may be written; `None` if nothing is in the way.
fn refusal(checks: &CheckReport, args: &MigrateArgs) -> Option<&'static str> {
    let names = |list: &[String], table: &str| list.iter().any(|it| it.eq_ignore_ascii_case(table));
    let is_copied = |finding: &&Finding| {
        finding.table.iter().all(|table| {
            let tables = &args.tables.tables;
            !names(&args.tables.exclude, table) && (tables.is_empty() || names(tables, table))
        })
    };
    let of_severity = |severity| {
        let findings = checks.findings.iter().filter(move |it| it.severity == severity);
        findings.filter(is_copied)
    };
    let is_dump = args.dump.dump.is_some();
    let is_repairable = |it: &Finding| it.fix.is_some() || !it.choices.is_empty();
    let is_blocked = of_severity(Severity::Blocks).next().is_some();
    if is_blocked && args.tables.on_error != OnErrorArg::Quarantine {
        return Some(if is_dump && of_severity(Severity::Blocks).any(is_repairable) {
            "repair the database that the dump was made from with `migration-assist mysql DSN --fix all`, \
             make the dump again, and start again; or add `--on-error quarantine` to leave out the rows \
             that do not fit"
        } else if is_dump {
            "follow the advice under each finding above that stops the copy, and start again"
        } else {
            "run the repairs and statements under the findings, and start again; or add \
             `--on-error quarantine` to leave out the rows that do not fit"
        });
    }
    let is_changed = of_severity(Severity::Changes).next().is_some();
    (is_changed && !args.fix_in_flight).then_some(if is_dump {
        "add `--fix-in-flight` to let the copy make these changes on the way"
    } else {
        "add `--fix-in-flight` to let the copy make these changes on the way, or repair the source \
         with `migration-assist mysql --fix all`"
    })
}
