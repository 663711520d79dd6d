//! `verify`: compares every row of both sides.

use std::sync::Arc;

use super::connect::SourceSpec;
use super::origin::{Look, Origin, Rows};
use super::session_limits::granted_sessions;
use super::time_zones::{self, Request, TargetState, WithTimeZones};
use super::{Context, ExitStatus, connect, copy, decisions, products};
use crate::check::policy::Decisions;
use crate::check::time_zones::zones as zones_of;
use crate::check::{Step, counted, grouped, time_zone_findings};
use crate::cli::{TimeZoneArgs, VerifyArgs};
use crate::foreign_text::spell_out;
use crate::mattermost::MIGRATOR_TABLES;
use crate::migrations;
use crate::mysql;
use crate::postgres::{Connection, Dsn};
use crate::ui::{Ui, table};
use crate::verify::{
    Difference, Exception, Kind, Sample, Show, SourceChange, VerifyOptions, VerifyReport, verify,
};
use crate::workspace::SourceModels;

pub(super) async fn run(args: VerifyArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (named, target) = connect::named_sides(&args.sides, &args.dump, context.ui)?;
    let progress = Arc::new(context.ui.progress());
    let chosen = &args.products.products;
    let decided = decisions::read(&args.decisions)?;
    let earlier = decisions::recorded(&target, &args.sides.schema, context.ui).await?;
    let decided = decided.over(&earlier);
    let look = Look { chosen, unknown: decisions::unknown(&decided), rows: Rows::Find };
    let (mut origin, knowledge) = Origin::find(&named, look, &*progress).await?;
    let source = origin.source()?;
    products::warn_of_absent(&knowledge, &args.products.products, context.ui);
    let state = TargetState::read(&target, &args.sides.schema, context.ui).await?;
    let request = Request::new(&knowledge, &state, &args.time_zone);
    let request = request.of_tables(&args.tables, &args.exclude);
    let zones = origin.time_zones(&request, &*progress).await?;
    time_zones::refuse_other_zones(&zones, &request.options)?;
    // Values that cannot be converted are differences, and columns of an unknown zone prevent a proof.
    for finding in time_zone_findings(&zones) {
        context.ui.lines(&[finding.line()]);
    }
    let policy = decisions::policy(&decided, &knowledge, origin.catalog(), &source).await?;
    let dump = args.dump.dump.as_ref().map(|file| file.to_string_lossy().into_owned());
    let options =
        VerifyOptions { time_zones: zones_of(&zones), policy, ..options(args, &knowledge) };
    let looking = Connection::connect(&target).await?;
    let granted = granted_sessions(&source, &looking, options.jobs, context.ui).await?;
    drop(looking);
    let options = VerifyOptions { jobs: options.jobs.min(granted), ..options };
    let schema = options.schema.clone();
    let report = verify(&source, &target, &options, progress).await?;
    if report.recorded && decided != earlier {
        decisions::record(&target, &schema, &decided).await?;
    }
    describe(&report, context.ui);
    let next = next(&report, &decided, dump.as_deref());
    decisions::offer(&next, context.ui);
    context.json("verify", &WithTimeZones { report: &report, time_zones: &zones }, next)?;
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
    let (unfit, others) = decisions::unfit(report);
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
    let decided = decisions::recorded(target, schema, context.ui).await?;
    let look = Look { chosen: &[], unknown: decisions::unknown(&decided), rows: Rows::Find };
    let named = SourceSpec::Server(source.clone());
    let (mut origin, knowledge) = Origin::find(&named, look, &progress).await?;
    let state = TargetState::read(target, schema, context.ui).await?;
    let flags = TimeZoneArgs::default();
    let request = Request::new(&knowledge, &state, &flags);
    let zones = origin.time_zones(&request, &progress).await?;
    let source = origin.source()?;
    let policy = decisions::policy(&decided, &knowledge, origin.catalog(), &source).await?;
    Ok(VerifyOptions {
        time_zones: zones_of(&zones),
        policy,
        ..whole(&knowledge, schema, VerifyOptions::default().jobs)
    })
}

/// A comparison of all rows, as in `migrate`.
pub(super) fn whole(knowledge: &SourceModels, schema: &str, jobs: usize) -> VerifyOptions {
    let own = MIGRATOR_TABLES.iter().map(|&(table, reason)| (table.to_owned(), reason.to_owned()));
    VerifyOptions {
        schema: schema.to_owned(),
        jobs,
        bookkeeping: own.collect(),
        required: knowledge.target_tables(),
        is_known_name: migrations::is_known_name,
        left_out: knowledge.left_out(),
        ..VerifyOptions::default()
    }
}

fn options(args: VerifyArgs, knowledge: &SourceModels) -> VerifyOptions {
    let jobs = args.jobs.map_or(VerifyOptions::default().jobs, usize::from);
    let defaults = whole(knowledge, &args.sides.schema, jobs);
    VerifyOptions {
        tables: args.tables,
        exclude: args.exclude,
        sample: args.sample.and_then(Sample::percent),
        limit: args.limit,
        show: if args.show_values { Show::Values } else { Show::Names },
        ..defaults
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
            report.difference_count - named
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

/// How much was compared.
pub(super) fn extent(rows: u64, tables: u64) -> String {
    format!("{} of {}", counted(rows, "row"), counted(tables, "table"))
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
