//! `mysql`: what in the source will not arrive as it is, and the document of its migrations.

use std::path::Path;

use futures_util::future::join_all;
use serde::Serialize;

use super::failure::hinted;
use super::files::{self, Content, Replace};
use super::models::{SourceModels, Unknown};
use super::{Context, ExitStatus, connect, dump, repair, schema, time_zones};
use crate::check::policy;
use crate::check::time_zones::decide_for_server;
use crate::check::{
    CheckOptions, CheckReport, SchemaReport, Severity, Summary, check, time_zone_findings,
};
use crate::cli::{Format, MysqlArgs};
use crate::compare::ComparisonReport;
use crate::mysql::{self, Access, Connection, Dsn, read_catalog};
use crate::release::Document;
use crate::repair::FixReport;
use crate::schema::{Catalog, Product, Table};

/// How many sessions read at a time: so many that some of them work while others wait for a disk.
const SESSIONS: usize = 8;

/// Where the document goes when nothing says otherwise.
const DOCUMENT: &str = "mysql.output";

#[derive(Debug, Serialize)]
struct MysqlReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<FixReport>,
    #[serde(flatten)]
    checks: CheckReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<ComparisonReport>,
}

pub(super) async fn run(args: MysqlArgs, context: Context) -> anyhow::Result<ExitStatus> {
    for flag in args.go.given() {
        context.ui.note(format!(
            "`{flag}` has no effect: a schema is compared with the source's own applied migrations"
        ));
    }
    dump::refuse_repairs(&args.fix, &args.dump)?;
    let fixes = repair::options(&args.fix)?;
    if let Some(checked) = dump::check(&args, context).await? {
        let (checks, schema) = (checked.report, checked.schema);
        if checked.is_applied_known {
            write_document(&checks, &args, context)?;
        }
        return finish(&MysqlReport { fixes: None, checks, schema }, &args, context);
    }
    let dsn = connect::source_dsn(args.dsn.as_deref(), &args.source)?;
    if let Some(file) = &args.fix.undo {
        return repair::undo_from(file, &dsn, context).await;
    }
    // Alone, so that a wrong password counts once against the account.
    let mut first = Connection::connect(&dsn, Access::ReadOnly).await?;
    let (knowledge, mut source) =
        read_models(&mut first, &args.products.products, Unknown::Left).await?;
    knowledge.warn_of_absent(&args.products.products, context.ui);
    let products = knowledge.products();
    let models = knowledge.models(&products);
    let fixes = match fixes {
        Some(options) => {
            let flavour = first.server().flavour;
            repair::check_overrides(&options, flavour, &source, &models)?;
            let report = repair::run(&args.fix, &options, &dsn, &models, context).await?;
            source = read_catalog(&mut first).await?;
            Some(report)
        }
        None => None,
    };
    let mut connections = sessions(first, &dsn).await?;
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
    let mut checks = check(&mut connections, source, &models, options, &progress).await?;
    checks.add(time_zone_findings(&zones));
    if let Some(report) = fixes.as_ref().filter(|report| !report.dry_run) {
        repair::forget_tried(&mut checks.findings, report);
    }
    context.ui.say(checks.to_string().trim_end());
    let schema =
        schema::check_source(&args, &mut connections[0], &checks.catalog, &models, context).await?;
    write_document(&checks, &args, context)?;
    finish(&MysqlReport { fixes, checks, schema }, &args, context)
}

/// Writes what is asked for beside the document, and says how to end.
fn finish(report: &MysqlReport, args: &MysqlArgs, context: Context) -> anyhow::Result<ExitStatus> {
    if let Some(path) = &args.schema_report {
        let report = SchemaReport::of(&report.checks, env!("CARGO_PKG_VERSION"));
        let text = serde_json::to_string_pretty(&report)?;
        let text = format!("{text}\n");
        let replace = Replace::from(args.force);
        files::write(path, &text, Content::SchemaReport, replace, context)?;
        context.ui.say(format!("schema report: written to `{}`", path.display()));
    }
    let MysqlReport { fixes, checks, schema } = report;
    let clear = checks.findings.iter().all(|finding| finding.severity == Severity::Note)
        && schema.as_ref().is_none_or(ComparisonReport::is_as_expected);
    let complete = fixes.as_ref().is_none_or(FixReport::is_complete);
    summarize(checks, args, context);
    if context.format == Format::Json {
        context.json("mysql", report)?;
    }
    Ok(match (complete, clear) {
        (false, _) => ExitStatus::Failure,
        (true, false) => ExitStatus::Findings,
        (true, true) => ExitStatus::Success,
    })
}

/// Prints the sums of the findings, and the next command.
fn summarize(checks: &CheckReport, args: &MysqlArgs, context: Context) {
    let summary = Summary::of(checks);
    if !checks.findings.is_empty() {
        context.ui.say(format!("\n{summary}"));
    }
    let Some(file) = &args.dump.dump else { return context.ui.hint(summary.next()) };
    let file = policy::shell_quoted(&file.to_string_lossy());
    context.ui.hint(match (summary.blocking, summary.changing) {
        (0, 0) => format!("run `migration-assist migrate --dump {file}`"),
        (0, _) => format!("run `migration-assist migrate --dump {file} --fix-in-flight`"),
        _ => "follow the advice under each finding that stops the copy, in the database that the dump \
              was made from, and make the dump again"
            .to_owned(),
    });
}

/// Adds to a first session as many as read at a time, or as many of them as the server grants.
pub(super) async fn sessions(
    first: Connection,
    dsn: &Dsn,
) -> Result<Vec<Connection>, mysql::Error> {
    let mut sessions = vec![first];
    let more = (1..SESSIONS).map(|_| Connection::connect(dsn, Access::ReadOnly));
    for session in join_all(more).await {
        match session {
            Ok(session) => sessions.push(session),
            Err(error) if error.is_too_many_connections() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sessions)
}

/// Reads which migrations, products and tables the source has; a database that is not Mattermost's is
/// refused.
pub(super) async fn read_models(
    connection: &mut Connection,
    chosen: &[Product],
    unknown: Unknown,
) -> anyhow::Result<(SourceModels, Catalog)> {
    let (knowledge, source) = SourceModels::of_source(connection, chosen, unknown).await?;
    if !knowledge.has_migrations() && source.table("Systems").is_none() {
        let database = connection.database().await?;
        return Err(hinted(
            format!("database `{database}` holds no Mattermost: it has no `db_migrations` and no `Systems`"),
            "name Mattermost's database at the end of the DSN",
        )
        .into());
    }
    Ok((knowledge, source))
}

fn write_document(report: &CheckReport, args: &MysqlArgs, context: Context) -> anyhow::Result<()> {
    if report.applied_migrations.is_empty() {
        context.ui.warn("there are no applied migrations to write down");
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
