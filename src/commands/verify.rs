//! `verify`: compares every row of both sides.

use std::sync::Arc;

use super::opening::open;
use super::time_zones::{self, WithTimeZones};
use super::{Context, ExitStatus, connect, decisions};
use crate::check::policy::Decisions;
use crate::check::{Step, time_zone_findings};
use crate::cli::VerifyArgs;
use crate::mysql;
use crate::postgres::{Connection, Dsn};
use crate::verify::{Sample, Show, VerifyOptions, VerifyReport};
use crate::workspace::{
    Opening, RecordedZones, RowScan, RunDecisions, SessionLimits, SourceSpec, ZoneRequest,
    unfit_rows,
};

pub(super) async fn run(args: VerifyArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (spec, target) = connect::named_sides(&args.sides, &args.dump, context.ui)?;
    let progress = Arc::new(context.ui.progress());
    let (schema, ui) = (args.sides.schema.as_str(), context.ui);
    let given = decisions::read(&args.decisions)?;
    let earlier = decisions::recorded(&target, schema, ui).await?;
    let decisions = RunDecisions::resumed(given, earlier);
    let zones = ZoneRequest {
        tables: &args.tables,
        exclude: &args.exclude,
        options: time_zones::options(&args.time_zone),
        recorded: RecordedZones::Binding,
    };
    let (source, products, rows) = (&spec, args.products.products.as_slice(), RowScan::Locate);
    let opening = Opening { source, target, schema, decisions, products, rows, zones };
    let (_, opened) = open(opening, &*progress, ui).await?;
    // Values that cannot be converted are differences, and columns of an unknown zone prevent a proof.
    for finding in time_zone_findings(&opened.zones) {
        ui.lines(&[finding.line()]);
    }
    let workspace = opened.readable()?;
    let jobs = args.jobs.map_or(VerifyOptions::default().jobs, usize::from);
    let whole = workspace.verify_options(workspace.policy().await?, jobs);
    let looking = Connection::connect(&workspace.target).await?;
    let granted = SessionLimits::read(Some(&workspace.source), &looking, jobs).await?;
    ui.lines(&granted.lines());
    drop(looking);
    let dump = args.dump.dump.as_ref().map(|file| file.to_string_lossy().into_owned());
    let options = VerifyOptions { jobs: jobs.min(granted.for_work), ..options(args, whole) };
    let report = workspace.compare(&options, progress).await?;
    if report.recorded && workspace.decisions.have_changed() {
        workspace.record_decisions().await?;
    }
    ui.lines(&report.lines());
    let next = next(&report, &workspace.decisions.applied, dump.as_deref());
    decisions::offer(&next, ui);
    let with_zones = WithTimeZones { report: &report, time_zones: &workspace.zones };
    context.json("verify", &with_zones, next)?;
    Ok(if report.is_equal() { ExitStatus::Success } else { ExitStatus::Findings })
}

/// The commands of which one leads on.
fn next(report: &VerifyReport, decided: &Decisions, dump: Option<&str>) -> Vec<Step> {
    if report.proof && dump.is_none() {
        return vec![Step::new("print the steps of the switch", PLAN)];
    }
    if report.is_equal() {
        return Vec::new();
    }
    let (unfit, others) = unfit_rows(report);
    let mut now = decided.clone();
    now.left_out.extend(unfit.into_iter().filter(|it| !decided.left_out.contains(it)));
    let mut steps = Vec::new();
    if now.left_out != decided.left_out {
        let effect = "accept that the rows that do not fit are missing; the quarantine has them";
        steps.push(Step::new(effect, decisions::command("verify", &now, None, dump)));
    }
    if others || steps.is_empty() {
        let effect = "stop Mattermost, and copy all rows again";
        steps.push(Step::new(effect, decisions::migrate(decided, Some("--restart"), dump)));
    }
    steps
}

/// The command that prints how to switch.
pub(super) const PLAN: &str =
    "migration-assist cutover --config /opt/mattermost/config/config.json --plan";

/// The options of a comparison of all rows of a server, by what the ledger records of the copy.
pub(super) async fn recorded_options(
    source: &mysql::Dsn,
    target: &Dsn,
    schema: &str,
    context: Context,
) -> anyhow::Result<VerifyOptions> {
    let progress = context.ui.progress();
    let earlier = decisions::recorded(target, schema, context.ui).await?;
    let decisions = RunDecisions::resumed(Decisions::default(), earlier);
    let opening = Opening {
        source: &SourceSpec::Server(source.clone()),
        target: target.clone(),
        schema,
        decisions,
        products: &[],
        rows: RowScan::Locate,
        zones: ZoneRequest::default(),
    };
    let (_, opened) = open(opening, &progress, context.ui).await?;
    let workspace = opened.readable()?;
    let policy = workspace.policy().await?;
    Ok(workspace.verify_options(policy, VerifyOptions::default().jobs))
}

fn options(args: VerifyArgs, whole: VerifyOptions) -> VerifyOptions {
    VerifyOptions {
        tables: args.tables,
        exclude: args.exclude,
        sample: args.sample.and_then(Sample::percent),
        limit: args.limit,
        show: if args.show_values { Show::Values } else { Show::Names },
        ..whole
    }
}
