//! `mysql`: checks the source, and writes the document of its migrations.

use std::path::Path;
use std::time::Instant;

use schemars::JsonSchema;
use serde::Serialize;

use super::estimate::Estimate;
use super::files::{self, Content, Replace};
use super::{Context, ExitStatus, connect, decisions, dump, repair, schema, time_zones};
use crate::check::policy::Decisions;
use crate::check::time_zones::decide_for_server;
use crate::check::{
    CheckOptions, CheckReport, Severity, Step, Summary, check, next_steps, time_zone_findings,
};
use crate::cli::{Format, MysqlArgs};
use crate::compare::ComparisonReport;
use crate::mysql::{Access, Connection, read_catalog};
use crate::release::Document;
use crate::render::SchemaReport;
use crate::repair::FixReport;
use crate::schema::Table;
use crate::workspace::{Unknown, open_sessions, read_server_models, refuse_ineffective};

/// The default file of the document.
const DOCUMENT: &str = "mysql.output";

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MysqlReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<FixReport>,
    #[serde(flatten)]
    checks: CheckReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<ComparisonReport>,
    /// How long a migration of this source takes; missing for a dump, whose check measures no server.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<Estimate>,
}

pub(super) async fn run(args: MysqlArgs, context: Context) -> anyhow::Result<ExitStatus> {
    for flag in args.go.given() {
        context.ui.note(format!(
            "`{flag}` has no effect: a schema is compared with the source's own applied migrations"
        ));
    }
    dump::refuse_repairs(&args.fix, &args.dump)?;
    let mut decisions = decisions::read(&args.decisions)?;
    for path in [&args.output, &args.schema_report].into_iter().flatten() {
        files::require_place(path)?;
    }
    if let Some(checked) = dump::check(&args, &decisions, context).await? {
        let (mut checks, schema) = (checked.report, checked.schema);
        if checked.is_applied_known {
            write_document(&checks, &args, context)?;
        }
        decisions.apply(&mut checks.findings);
        context.ui.lines(&checks.lines());
        let outcome = MysqlReport { fixes: None, checks, schema, estimate: None };
        return finish(&outcome, &decisions, &args, context);
    }
    let fixes = repair::options(&args.fix, &decisions)?;
    let dsn = connect::source_dsn(args.dsn.as_deref(), &args.source)?;
    connect::note_unrecognised("MySQL", &dsn.unrecognised(), context.ui);
    if let Some(file) = &args.fix.undo {
        return repair::undo_from(file, repair::undo_options(&args.fix), &dsn, context).await;
    }
    // First a single session, so that a wrong password counts once against the account.
    let mut first = Connection::connect(&dsn, Access::ReadOnly).await?;
    let chosen = &args.products.products;
    let (source_models, mut source) =
        read_server_models(&mut first, chosen, Unknown::of(&decisions)).await?;
    context.ui.lines(&source_models.absent_product_lines(chosen));
    let products = source_models.products();
    let models = source_models.models(&products);
    refuse_ineffective(&decisions, &source, first.server().flavour, &models)?;
    let has_repaired = fixes.is_some() && !args.fix.dry_run;
    let fixes = match fixes {
        Some(options) => {
            let report = repair::run(&args.fix, &options, &dsn, &models, context).await?;
            source = read_catalog(&mut first).await?;
            Some(report)
        }
        None => None,
    };
    let mut connections = open_sessions(first, &dsn).await?;
    let progress = context.ui.progress();
    let options = CheckOptions::default();
    let is_copied = |table: &Table| models.counterpart(&table.name).is_some();
    let zones = decide_for_server(
        &mut connections[0],
        &source,
        &is_copied,
        &dsn.time_zones(),
        &time_zones::options(&args.time_zone),
        &progress,
    )
    .await?;
    let began = Instant::now();
    let mut checks = check(&mut connections, source, &models, options, &progress).await?;
    let estimate = Estimate::of(&checks.size, began.elapsed());
    checks.add(time_zone_findings(&zones));
    if has_repaired {
        // These are facts of the source now.
        (decisions.overflow, decisions.invalid) = (Vec::new(), Vec::new());
    }
    decisions.apply(&mut checks.findings);
    if let Some(report) = fixes.as_ref().filter(|report| !report.dry_run) {
        repair::forget_tried(&mut checks.findings, report);
    }
    context.ui.lines(&checks.lines());
    let schema =
        schema::check_source(&args, &mut connections[0], &checks.catalog, &models, context).await?;
    write_document(&checks, &args, context)?;
    let outcome = MysqlReport { fixes, checks, schema, estimate: Some(estimate) };
    finish(&outcome, &decisions, &args, context)
}

/// Writes the requested files and returns the exit status.
fn finish(
    report: &MysqlReport,
    decisions: &Decisions,
    args: &MysqlArgs,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    let dump = args.dump.dump.as_ref().map(|file| file.to_string_lossy());
    let next = next_steps(&report.checks.findings, decisions, dump.as_deref());
    if let Some(path) = &args.schema_report {
        let report = SchemaReport::of(&report.checks, env!("CARGO_PKG_VERSION"));
        let text = serde_json::to_string_pretty(&report)?;
        let text = format!("{text}\n");
        let replace = Replace::from(args.force);
        files::write(path, &text, Content::SchemaReport, replace, context)?;
        context.ui.say(format!("schema report: written to `{}`", path.display()));
    }
    let MysqlReport { fixes, checks, schema, estimate } = report;
    let clear = checks.findings.iter().all(|finding| finding.severity == Severity::Note)
        && schema.as_ref().is_none_or(ComparisonReport::is_as_expected);
    let complete = fixes.as_ref().is_none_or(FixReport::is_complete);
    if let Some(estimate) = estimate {
        estimate.say(context.ui);
    }
    summarize(checks, &next, dump.is_some(), context);
    context.json("mysql", report, next)?;
    Ok(match (complete, clear) {
        (false, _) => ExitStatus::Failure,
        (true, false) => ExitStatus::Findings,
        (true, true) => ExitStatus::Success,
    })
}

/// Prints the counts of the findings, and the next command.
fn summarize(checks: &CheckReport, next: &[Step], is_dump: bool, context: Context) {
    context.ui.lines(Summary::of(checks).line(checks).as_slice());
    if next.is_empty() {
        context.ui.hint(by_hand(is_dump));
    }
    decisions::offer(next, context.ui);
}

/// What leads on if no command does.
pub(super) fn by_hand(is_dump: bool) -> &'static str {
    if is_dump {
        "follow the advice under each finding that stops the copy: add the flag that it names, or fix the \
         database that the dump was made from and make the dump again"
    } else {
        "follow the advice under each finding that stops the copy, and run `migration-assist mysql` again"
    }
}

fn write_document(report: &CheckReport, args: &MysqlArgs, context: Context) -> anyhow::Result<()> {
    if report.applied_migrations.is_empty() {
        context.ui.warn("no applied migrations to write");
        return Ok(());
    }
    let mut document = Document::new(report.applied_migrations.clone());
    document.release.clone_from(&report.release);
    document.server = Some(report.server.clone());
    document.products.clone_from(&report.products);
    let text = document.render();
    let path = args.output.as_deref().unwrap_or(Path::new(DOCUMENT));
    let to_stdout =
        args.output.is_none() && context.format == Format::Text && context.ui.data_goes_to_a_file();
    if to_stdout {
        context.ui.data(&text)?;
        context.ui.say("applied migrations: written to standard output");
        if context.ui.data_goes_to(path) {
            return Ok(());
        }
    }
    files::write(path, &text, Content::Document, Replace::from(args.force), context)?;
    context.ui.say(format!("applied migrations: written to `{}`", path.display()));
    Ok(())
}
