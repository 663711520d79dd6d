//! `post-migrate`: indexes, materialized views and figures after a load.

use std::fmt::Write as _;

use serde::Serialize;

use super::failure::hinted;
use super::{Context, ExitStatus, connect};
use crate::cli::{Format, PostMigrateArgs};
use crate::indexes::{
    BuildOptions, BuildReport, FailedIndex, RefreshReport, Scope, build, refresh,
};
use crate::migrations::{known_target_model, target};
use crate::postgres::{Connection, applied_migrations};
use crate::release::MigrationSet;
use crate::sql::Dialect::Postgres;

#[derive(Debug, Serialize)]
struct PostMigrateReport {
    schema: String,
    migrations: MigrationSet,
    indexes: BuildReport,
    #[serde(flatten)]
    refresh: RefreshReport,
}

pub(super) async fn run(args: PostMigrateArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let dsn = connect::target_dsn(args.dsn.as_deref(), &args.target)?;
    let connection = Connection::connect(&dsn).await?;
    let migrations = applied_set(&connection, &args.schema).await?;
    let model = known_target_model(&migrations)?;
    let scope = if args.create_indexes { Scope::All } else { Scope::FullText };
    let options = BuildOptions { schema: &args.schema, scope, jobs: usize::from(args.jobs) };
    let progress = context.ui.progress();
    let indexes = build(&dsn, &model, options, &progress).await?;
    let refresh = refresh(&connection, &args.schema, &model, &progress).await?;
    warn_of_unknown(&migrations, context);
    describe(&indexes, &refresh, context);
    let report = PostMigrateReport { schema: args.schema, migrations, indexes, refresh };
    if context.format == Format::Json {
        context.json("post-migrate", &report)?;
    }
    let whole = report.indexes.failed.is_empty() && report.refresh.failed.is_empty();
    Ok(if whole { ExitStatus::Success } else { ExitStatus::Findings })
}

async fn applied_set(connection: &Connection, schema: &str) -> anyhow::Result<MigrationSet> {
    let rows = applied_migrations(connection, schema).await?.unwrap_or_default();
    let applied: MigrationSet = rows.into_iter().map(|(number, _)| number).collect();
    if applied.is_empty() {
        return Err(hinted(
            format!(
                "schema `{schema}` holds no Mattermost: its `db_migrations` is missing or empty"
            ),
            "build it first with `migration-assist postgres DSN --run-migrations`, or name another \
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

/// Says what was built and refreshed, and what could not be.
pub(super) fn describe(indexes: &BuildReport, refresh: &RefreshReport, context: Context) {
    let ui = context.ui;
    for built in &indexes.built {
        ui.detail(format!("built {} on {} in {:.1} s", built.index, built.table, built.seconds));
    }
    ui.say(format!(
        "indexes: {} built, {} were there already",
        indexes.built.len(),
        indexes.present
    ));
    for failed in &indexes.failed {
        ui.warn(describe_failure(failed));
    }
    ui.say(format!(
        "materialized views refreshed: {} (days of time zone {}); tables analyzed: {}",
        refresh.refreshed.len(),
        refresh.time_zone,
        refresh.analyzed
    ));
    for (view, reason) in &refresh.failed {
        ui.warn(format!("materialized view `{view}` was not refreshed: {reason}"));
    }
}

fn describe_failure(failed: &FailedIndex) -> String {
    let mut text =
        format!("index `{}` on `{}` was not built: {}", failed.index, failed.table, failed.reason);
    let Some(oversized) = &failed.oversized else { return text };
    let keys: Vec<String> = oversized.keys.iter().map(|key| Postgres.literal(key)).collect();
    let more = oversized.count - oversized.keys.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let [table, column, key] =
        [&failed.table, &oversized.column, &oversized.key].map(|name| Postgres.identifier(name));
    write!(
        text,
        "\n  rows with more text than a tsvector takes: {} ({} {}{more})\
         \n  shorten the indexed text of these rows, which serves search alone, for example with\
         \n  UPDATE {table} SET {column} = left({column}, 200000) WHERE {key} IN ({});\
         \n  and run this command again",
        oversized.count,
        oversized.key,
        oversized.keys.join(", "),
        keys.join(", ")
    )
    .expect("writing to a string cannot fail");
    text
}
