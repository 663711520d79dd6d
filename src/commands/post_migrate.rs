//! `post-migrate`: indexes, materialized views and statistics after a load.

use schemars::JsonSchema;
use serde::Serialize;

use super::clock::Clock;
use super::failure::hinted;
use super::{Context, ExitStatus, connect, text_search};
use crate::check::Step;
use crate::cli::PostMigrateArgs;
use crate::indexes::{BuildOptions, BuildReport, RefreshReport, Scope, build, refresh};
use crate::ledger;
use crate::migrations::{known_target_model, tables_with_rows, target};
use crate::postgres::{Connection, Error, applied_migrations, await_exclusive};
use crate::release::MigrationSet;
use crate::render::{built_lines, created_line, other_index_lines};
use crate::schema::PHRASE_INDEX;
use crate::sql::Dialect::Postgres;
use crate::ui::Ui;
use crate::workspace::{SessionLimits, TextSearchReport};

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PostMigrateReport {
    schema: String,
    /// Whether no table has rows: nothing was loaded.
    is_empty: bool,
    migrations: MigrationSet,
    indexes: BuildReport,
    text_search: TextSearchReport,
    #[serde(flatten)]
    refresh: RefreshReport,
}

/// The report of a command that has changed nothing.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Refused {
    /// The part of the target that is in the way.
    pub(super) refused: &'static str,
}

pub(super) async fn run(args: PostMigrateArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let dsn = connect::target_dsn(args.dsn.as_deref(), &args.target)?;
    connect::note_unrecognised("PostgreSQL", &dsn.unrecognised(), context.ui);
    let connection = Connection::connect(&dsn).await?;
    let migrations = applied_set(&connection, &args.schema).await?;
    let model = known_target_model(&migrations)?;
    let scope = if args.create_indexes { Scope::All } else { Scope::FullText };
    let (full_text, configuration) =
        (text_search::options(&args.full_text), &args.full_text.configuration);
    let found = text_search::find(&connection, &args.schema, configuration, context.ui).await?;
    let Some(text_search) = found else { return stopped(context) };
    let others = text_search.other_indexes(&connection, &args.schema, full_text).await?;
    if !others.is_empty() {
        context.ui.lines(&other_index_lines(&others));
        return stopped(context);
    }
    let jobs = usize::from(args.jobs);
    let granted = SessionLimits::read(None, &connection, jobs).await?;
    context.ui.lines(&granted.lines());
    let jobs = jobs.min(granted.for_work);
    await_exclusive(&connection, &args.schema, |busy| wait_for(busy, context.ui)).await?;
    if let Some(created) = text_search.create(&connection).await? {
        context.ui.lines(&[created_line(created)]);
    }
    if args.drop_phrase_index {
        drop_phrase_index(&connection, &args.schema, context.ui).await?;
    }
    let options = BuildOptions::new(&args.schema, scope, jobs);
    let options = text_search.apply(options, full_text);
    let progress = context.ui.progress();
    let clock = Clock::start();
    let indexes = build(&dsn, &model, options, &progress).await?;
    let refresh = refresh(&connection, &args.schema, &model, &progress).await?;
    if !indexes.built.is_empty()
        && let Err(error) = record_time(&connection, &args.schema, clock.seconds()).await
    {
        context.ui.warn(format!("cannot record how long this took: {error}"));
    }
    warn_of_unknown(&migrations, context);
    context.ui.lines(&built_lines(&indexes, &refresh));
    let is_empty = tables_with_rows(&connection, &args.schema).await?.is_empty();
    if is_empty {
        let schema = &args.schema;
        context.ui.warn(format!("no table of schema `{schema}` has rows: nothing was loaded"));
        context.ui.hint(
            "look for errors in the output of what loaded the rows, or copy them with `migration-assist copy`",
        );
    }
    let text_search = text_search.finish(&connection, &args.schema).await?;
    context.ui.lines(&text_search.lines());
    let report = PostMigrateReport {
        schema: args.schema,
        is_empty,
        migrations,
        indexes,
        text_search,
        refresh,
    };
    let whole = report.indexes.failed.is_empty() && report.refresh.failed.is_empty() && !is_empty;
    let next = if is_empty {
        Step::new("copy all rows", "migration-assist copy")
    } else if whole {
        Step::new("compare every row of both sides", "migration-assist verify")
    } else {
        Step::new("build what is missing", "migration-assist post-migrate")
    };
    context.json("post-migrate", &report, vec![next])?;
    Ok(if whole { ExitStatus::Success } else { ExitStatus::Findings })
}

/// Prints which session is waited for.
fn wait_for(busy: &Error, ui: Ui) {
    ui.note(format!("{busy}; waiting until it has ended"));
}

/// Records how long it took, for the plan of the next move, if a copy made a ledger.
async fn record_time(
    connection: &Connection,
    schema: &str,
    seconds: f64,
) -> Result<(), ledger::Error> {
    if !ledger::exists(connection).await? {
        return Ok(());
    }
    ledger::record_phase(connection, schema, ledger::Phase::Indexes, seconds).await
}

/// The end of a command that has changed nothing, after a report of the reason.
fn stopped(context: Context) -> anyhow::Result<ExitStatus> {
    context.ui.warn("nothing was changed");
    context.json("post-migrate", &Refused { refused: "text-search" }, Vec::new())?;
    Ok(ExitStatus::Findings)
}

async fn drop_phrase_index(connection: &Connection, schema: &str, ui: Ui) -> anyhow::Result<()> {
    let index = Postgres.qualified(schema, PHRASE_INDEX);
    connection.batch_execute(&format!("DROP INDEX IF EXISTS {index}")).await?;
    ui.good(format!("index `{PHRASE_INDEX}` does not exist"));
    Ok(())
}

async fn applied_set(connection: &Connection, schema: &str) -> anyhow::Result<MigrationSet> {
    let rows = applied_migrations(connection, schema).await?.unwrap_or_default();
    let applied: MigrationSet = rows.into_iter().map(|(number, _)| number).collect();
    if applied.is_empty() {
        return Err(hinted(
            format!(
                "schema `{schema}` holds no Mattermost: its `db_migrations` is missing or empty"
            ),
            "build it first with `migration-assist postgres --run-migrations --applied-migrations \
             mysql.output`, or name another \
             schema with `--schema`",
        )
        .into());
    }
    Ok(applied)
}

fn warn_of_unknown(applied: &MigrationSet, context: Context) {
    let known = target().iter().map(|migration| migration.number).collect();
    let unknown = applied.without(&known);
    if !unknown.is_empty() {
        context.ui.warn(format!(
            "the migrations {unknown} are not known here; indexes that only they make were left out"
        ));
    }
}
