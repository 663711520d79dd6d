//! `verify`: compares every row of both sides.

use std::sync::Arc;

use super::opening::open;
use super::session_limits::granted_sessions;
use super::time_zones::{self, WithTimeZones};
use super::{Context, ExitStatus, connect, copy, decisions};
use crate::check::policy::Decisions;
use crate::check::{Step, time_zone_findings};
use crate::cli::VerifyArgs;
use crate::figures::{counted, grouped};
use crate::foreign_text::spell_out;
use crate::mysql;
use crate::postgres::{Connection, Dsn};
use crate::render::extent;
use crate::ui::{Ui, table};
use crate::verify::{
    Difference, Exception, Kind, Sample, Show, SourceChange, VerifyOptions, VerifyReport,
};
use crate::workspace::{
    Opening, RecordedZones, RowScan, RunDecisions, SourceSpec, ZoneRequest, unfit_rows,
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
    let granted = granted_sessions(&workspace.source, &looking, jobs, ui).await?;
    drop(looking);
    let dump = args.dump.dump.as_ref().map(|file| file.to_string_lossy().into_owned());
    let options = VerifyOptions { jobs: jobs.min(granted), ..options(args, whole) };
    let report = workspace.compare(&options, progress).await?;
    if report.recorded && workspace.decisions.have_changed() {
        workspace.record_decisions().await?;
    }
    describe(&report, ui);
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

pub(super) fn describe(report: &VerifyReport, ui: Ui) {
    describe_parts(report, ui);
    conclude(report, ui);
}

/// Prints everything except the verdict.
pub(super) fn describe_parts(report: &VerifyReport, ui: Ui) {
    ui.say(format!("source: {}; target: {}", report.source, report.target));
    for doubt in &report.doubts {
        ui.warn(format!("accepted about the dump: {doubt}"));
    }
    describe_tables(report, ui);
    for left_out in &report.not_compared {
        let column = left_out.column.as_ref().map_or(String::new(), |name| format!(".{name}"));
        let text = format!("not compared: {}{column}: {}", left_out.table, left_out.reason);
        match left_out.exception {
            _ if left_out.breaks_proof => ui.warn(text),
            Exception::Bookkeeping => ui.detail(text),
            _ => ui.say(text),
        }
    }
    for difference in &report.differences {
        ui.warn(line(difference));
    }
    let named = report.differences.len() as u64;
    if named < report.difference_count {
        ui.warn(format!(
            "{} more differ; `--limit` prints more of them",
            grouped(report.difference_count - named)
        ));
    }
    for table in report.tables.iter().filter(|table| table.unsettled) {
        ui.warn(format!("{} changed while it was read", table.table));
    }
    ui.say(format!("rows of the source: {}", copy::describe_consistency(report.consistency)));
    match report.source_changed {
        SourceChange::Yes => ui.warn("the source changed while it was read; stop Mattermost first"),
        SourceChange::Unknown => ui.say("cannot determine whether the source changed meanwhile"),
        SourceChange::No | SourceChange::Followed => {}
    }
    if !report.recorded {
        ui.warn(
            "the result was not recorded: the role may not write to the target's schema \
             `migration_assist`",
        );
    }
}

fn describe_tables(report: &VerifyReport, ui: Ui) {
    let mut rows = vec![["table", "source", "target", "differ"].map(str::to_owned).to_vec()];
    let concerning = report.tables.iter().filter(|it| it.source_rows + it.target_rows > 0);
    rows.extend(concerning.map(|it| {
        let numbers = [it.source_rows, it.target_rows, it.differences()];
        let numbers = numbers.map(grouped);
        [vec![it.table.clone()], numbers.to_vec()].concat()
    }));
    let text = table(&rows);
    if report.difference_count > 0 { ui.say(text.trim_end()) } else { ui.detail(text.trim_end()) }
}

fn conclude(report: &VerifyReport, ui: Ui) {
    let extent = extent(report.rows(), report.tables.len() as u64);
    let altered: u64 = report.tables.iter().map(|table| table.altered).sum();
    if altered > 0 {
        ui.say(format!("compared in converted form: {}", counted(altered, "value")));
    }
    let seconds = report.seconds;
    let left_out = match report.left_out() {
        0 => String::new(),
        rows => format!(", with rows left out by decision: {}", grouped(rows)),
    };
    if report.proof && !report.doubts.is_empty() {
        ui.good(format!(
            "the target is proven equal to the dump, about which doubts were accepted{left_out}: {extent}, \
             in {seconds:.1} s"
        ));
    } else if report.proof {
        ui.good(format!("the target is proven equal{left_out}: {extent}, in {seconds:.1} s"));
    } else if report.is_equal() {
        let share = report.sample.map_or_else(
            || "what was compared".to_owned(),
            |it| format!("a sample of {} %", it.as_percent()),
        );
        ui.good(format!(
            "no difference: {extent}, in {seconds:.1} s; compared: {share}, which is no proof of the whole"
        ));
    } else if report.difference_count == 0 {
        ui.warn(format!("no difference was found in {extent}, and not everything was compared"));
    } else {
        ui.warn(format!(
            "the target is not equal: rows that differ: {}, of {extent}",
            grouped(report.difference_count)
        ));
    }
}

/// A difference in one line, such as `Posts Id=… different: Message, Props`.
pub(super) fn line(difference: &Difference) -> String {
    let key: Vec<String> = difference
        .key
        .iter()
        .map(|(column, value)| format!("{column}={}", spell_out(value)))
        .collect();
    let kind = match difference.kind {
        Kind::Missing => "missing on the target",
        Kind::Extra => "only on the target",
        Kind::Different => "different",
    };
    let mut text = format!("{} {}: {kind}", spell_out(&difference.table), key.join(" "));
    for column in &difference.columns {
        text.push_str("\n    ");
        text.push_str(&spell_out(&column.column));
        if let Some(reason) = &column.reason {
            text.extend([" (has no counterpart: ", reason, ")"]);
        }
        if let (Some(expected), Some(found)) = (&column.expected, &column.found) {
            text.push_str(
                &[": expected ", &spell_out(expected), ", found ", &spell_out(found)].concat(),
            );
        }
    }
    text
}
