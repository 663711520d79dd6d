//! `--full-schema-check` and `--save-diff` of `mysql` and `postgres`.

use std::path::Path;

use super::Context;
use super::failure::hinted;
use super::files::{self, Content, Replace};
use crate::check::dump::DumpedSource;
use crate::cli::{MysqlArgs, SchemaArgs};
use crate::compare::{ComparisonReport, Place, PrintedViews, compare_source, compare_target};
use crate::models::Models;
use crate::schema::Catalog;
use crate::workspace::SourceModels;
use crate::{mysql, postgres};

/// Compares the source with the models, if requested.
pub(super) async fn check_source(
    args: &MysqlArgs,
    connection: &mut mysql::Connection,
    found: &Catalog,
    models: &Models<'_>,
    context: Context,
) -> anyhow::Result<Option<ComparisonReport>> {
    if !args.schema.is_asked() {
        return Ok(None);
    }
    let server = connection.server().clone();
    let database = connection.database().await?;
    let place = Place { server: &server.to_string(), name: &database };
    let report = compare_source(&place, &server, found, models);
    print_report(&args.schema, args.force, &report, context)?;
    Ok(Some(report))
}

/// Compares the source of a dump with the models, if requested.
pub(super) fn check_dump(
    args: &MysqlArgs,
    source: &DumpedSource,
    models: &Models<'_>,
    context: Context,
) -> anyhow::Result<Option<ComparisonReport>> {
    if !args.schema.is_asked() {
        return Ok(None);
    }
    let place = Place { server: &source.server(), name: &source.name };
    let report = compare_source(&place, &source.database_server(), source.catalog(), models);
    print_report(&args.schema, args.force, &report, context)?;
    Ok(Some(report))
}

/// Compares the target with the schema of its own `db_migrations`, if requested.
pub(super) async fn check_target(
    args: &SchemaArgs,
    force: bool,
    connection: &postgres::Connection,
    schema: &str,
    context: Context,
) -> anyhow::Result<Option<ComparisonReport>> {
    if !args.is_asked() {
        return Ok(None);
    }
    let applied = postgres::applied_migrations(connection, schema).await?;
    if applied.is_none() {
        let hint = "build it with `migration-assist postgres --run-migrations \
                    --applied-migrations mysql.output`";
        let message = format!("schema `{schema}` holds no Mattermost: it has no `db_migrations`");
        return Err(hinted(message, hint).into());
    }
    let found = postgres::read_catalog(connection, schema).await?;
    let source_models = SourceModels::of_target(applied, &found)?;
    let products = source_models.products();
    let server = postgres::read_readiness(connection, schema).await?.server.to_string();
    let place = Place { server: &server, name: schema };
    let models = source_models.models(&products);
    let printed = print_views(connection, schema, models.target).await?;
    let report = compare_target(&place, &found, &models, &printed);
    print_report(args, force, &report, context)?;
    Ok(Some(report))
}

/// Lets the server print the expected queries of views.
async fn print_views(
    connection: &postgres::Connection,
    schema: &str,
    model: &Catalog,
) -> anyhow::Result<PrintedViews> {
    let mut printed = PrintedViews::new();
    for view in model.views.values() {
        let query = match postgres::print_view_query(connection, schema, &view.query).await {
            Ok(query) => Ok(query),
            Err(error @ postgres::Error::Server(_)) => Err(error.to_string()),
            Err(lost) => return Err(lost.into()),
        };
        printed.insert(view.name.clone(), query);
    }
    Ok(printed)
}

fn print_report(
    args: &SchemaArgs,
    force: bool,
    report: &ComparisonReport,
    context: Context,
) -> anyhow::Result<()> {
    context.ui.title("Schema");
    context.ui.say(report.to_string().trim_end());
    if let Some(folder) = &args.save_diff {
        save(folder, force, report, context)?;
    }
    Ok(())
}

fn save(
    folder: &Path,
    force: bool,
    report: &ComparisonReport,
    context: Context,
) -> anyhow::Result<()> {
    let files = report.files();
    if files.is_empty() {
        return Ok(());
    }
    files::create_folder(folder, 0o700)?;
    for file in &files {
        let path = folder.join(&file.name);
        let replace = Replace::from(force);
        files::write(&path, &file.text, Content::Differences, replace, context)?;
    }
    let folder = folder.display();
    context.ui.say(format!("differences: written to `{folder}`, one file for each table"));
    Ok(())
}
