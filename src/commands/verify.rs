//! `verify`: whether both sides hold the same rows, and which they do not.

use std::sync::Arc;

use super::models::{SourceModels, Unknown};
use super::origin::{Look, Origin, Rows};
use super::time_zones::{self, Request, TargetState, WithTimeZones};
use super::{Context, ExitStatus, connect, copy};
use crate::check::time_zone_findings;
use crate::check::time_zones::zones as zones_of;
use crate::cli::{Format, VerifyArgs};
use crate::migrations;
use crate::schema::MIGRATOR_TABLES;
use crate::ui::{Ui, table};
use crate::verify::{
    Difference, Exception, Kind, Sample, Show, SourceChange, VerifyOptions, VerifyReport, verify,
};

pub(super) async fn run(args: VerifyArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (named, target) = connect::named_sides(&args.sides, &args.dump)?;
    let progress = Arc::new(context.ui.progress());
    let chosen = &args.products.products;
    let look = Look { chosen, unknown: Unknown::Left, rows: Rows::Find };
    let (mut origin, knowledge) = Origin::find(&named, look, &*progress).await?;
    let source = origin.source()?;
    knowledge.warn_of_absent(&args.products.products, context.ui);
    let state = TargetState::read(&target, &args.sides.schema, context.ui).await?;
    let request = Request::new(&knowledge, &state, &args.time_zone);
    let request = request.of_tables(&args.tables, &args.exclude);
    let zones = origin.time_zones(&request, &*progress).await?;
    time_zones::refuse_other_zones(&zones, &request.options)?;
    // Values that cannot be converted are differences, and columns of an unknown zone break the proof.
    for finding in time_zone_findings(&zones) {
        context.ui.say(format!("\n{finding}").trim_end());
    }
    let options = VerifyOptions { time_zones: zones_of(&zones), ..options(args, &knowledge) };
    let report = verify(&source, &target, &options, progress).await?;
    describe(&report, context.ui);
    if context.format == Format::Json {
        context.json("verify", &WithTimeZones { report: &report, time_zones: &zones })?;
    }
    Ok(if report.is_equal() { ExitStatus::Success } else { ExitStatus::Findings })
}

/// A comparison of all rows, as `migrate` makes it.
pub(super) fn whole(knowledge: &SourceModels, schema: &str, jobs: usize) -> VerifyOptions {
    let own = MIGRATOR_TABLES.iter().map(|&(table, reason)| (table.to_owned(), reason.to_owned()));
    VerifyOptions {
        schema: schema.to_owned(),
        jobs,
        bookkeeping: own.collect(),
        required: knowledge.target_tables(),
        is_known_name: migrations::is_known_name,
        left_out: knowledge.left_out(),
        policy: Arc::new(copy::policy),
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

fn describe(report: &VerifyReport, ui: Ui) {
    describe_parts(report, ui);
    conclude(report, ui);
}

/// Everything but the verdict.
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
            "{} more differ; `--limit` names more of them",
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
        SourceChange::No => {}
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
        let numbers = numbers.map(|number| number.to_string());
        [vec![it.table.clone()], numbers.to_vec()].concat()
    }));
    let text = table(&rows);
    if report.difference_count > 0 { ui.say(text.trim_end()) } else { ui.detail(text.trim_end()) }
}

fn conclude(report: &VerifyReport, ui: Ui) {
    let (rows, tables) = (report.rows(), report.tables.len());
    let altered: u64 = report.tables.iter().map(|table| table.altered).sum();
    if altered > 0 {
        ui.say(format!("{altered} values were compared as the copy changes them on the way"));
    }
    let seconds = report.seconds;
    if report.proof && !report.doubts.is_empty() {
        ui.good(format!(
            "the target is proven equal to the dump, about which doubts were accepted: {rows} rows of \
             {tables} tables, in {seconds:.1} s"
        ));
    } else if report.proof {
        ui.good(format!(
            "the target is proven equal: {rows} rows of {tables} tables, in {seconds:.1} s"
        ));
    } else if report.is_equal() {
        let share = report.sample.map_or_else(
            || "what was compared".to_owned(),
            |it| format!("a sample of {} %", it.as_percent()),
        );
        ui.good(format!(
            "no difference: {rows} rows of {tables} tables, in {seconds:.1} s; this is {share}, \
             and no proof of the whole"
        ));
    } else {
        ui.warn(format!(
            "the target is not equal: rows that differ: {}, of {rows} in {tables} tables",
            report.difference_count
        ));
    }
}

/// A difference in one line: `Posts Id=… different: Message, Props`.
fn line(difference: &Difference) -> String {
    let key: Vec<String> = difference
        .key
        .iter()
        .map(|(column, value)| format!("{column}={}", value.escape_debug()))
        .collect();
    let kind = match difference.kind {
        Kind::Missing => "missing on the target",
        Kind::Extra => "only on the target",
        Kind::Different => "different",
    };
    let mut text = format!("{} {}: {kind}", difference.table, key.join(" "));
    for column in &difference.columns {
        text.push_str("\n    ");
        text.push_str(&column.column);
        if let Some(reason) = &column.reason {
            text.extend([" (has no counterpart: ", reason, ")"]);
        }
        if let (Some(expected), Some(found)) = (&column.expected, &column.found) {
            text.push_str(&[": expected ", expected, ", found ", found].concat());
        }
    }
    text
}
