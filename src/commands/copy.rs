//! `copy`: all rows, natively.

use std::sync::{Arc, Mutex};

use super::failure::hinted;
use super::models::{Knowledge, Unknown};
use super::{Context, ExitStatus, connect};
use crate::check::OBJECTS;
use crate::cli::{CopyArgs, Format, OnErrorArg};
use crate::convert::{JsonNull, Policy};
use crate::copy::{
    Consistency, CopyOptions, CopyReport, FullText, Occupied, OnError, Start, copy, default_jobs,
};
use crate::mysql::{Access, Connection, Dsn};
use crate::quarantine::{Purpose, Quarantine};
use crate::schema::{Column, Product};
use crate::ui::{Ui, table};

pub(super) async fn run(args: CopyArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (source, target) = connect::sides(&args.sides)?;
    let database = source.database.clone().unwrap_or_default();
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &database)?;
    let quarantine = Arc::new(Mutex::new(quarantine));
    let progress = Arc::new(context.ui.progress());
    let chosen = &args.products.products;
    let knowledge = known(&source, chosen, args.copy_unknown.into()).await?;
    knowledge.warn_of_absent(chosen, context.ui);
    knowledge.warn_of_unknown(context.ui);
    let options = apply(&knowledge, options(&args), context.ui)?;
    let report = copy(&source, &target, &options, Arc::clone(&quarantine), progress).await?;
    describe(&report, context);
    if !report.left_to_post_migrate.is_empty() {
        let next = "run `migration-assist post-migrate` next: it builds the full-text indexes";
        context.ui.hint(next);
    }
    let kept = quarantine.lock().map(|it| it.has_records().then(|| it.path().to_owned()));
    if let Ok(Some(path)) = kept {
        context.ui.say(format!("altered values and rows set aside are in `{}`", path.display()));
    }
    if context.format == Format::Json {
        context.json("copy", &report)?;
    }
    Ok(if report.is_whole() { ExitStatus::Success } else { ExitStatus::Findings })
}

/// What is known of the source.
async fn known(source: &Dsn, chosen: &[Product], unknown: Unknown) -> anyhow::Result<Knowledge> {
    let mut connection = Connection::connect(source, Access::ReadOnly).await?;
    Knowledge::of_source(&mut connection, chosen, unknown).await
}

/// Adds which tables are to be made first, and which are left alone.
pub(super) fn apply(
    knowledge: &Knowledge,
    options: CopyOptions,
    ui: Ui,
) -> anyhow::Result<CopyOptions> {
    for (product, found, known) in knowledge.unknown_versions() {
        if product == Product::Calls {
            let message = format!(
                "the tables of calls are of version `{found}`, which is not known, and its keys in \
                 `PluginKeyValueStore` must not go without them"
            );
            let hint = format!(
                "bring Calls on MySQL to a version with {known} migrations and start it once, or drop \
                 its tables if nobody needs them"
            );
            return Err(hinted(message, hint).into());
        }
        ui.warn(format!(
            "the tables of {product} are of version `{found}`; known are {known}: they are copied only \
             where the target has them"
        ));
    }
    Ok(CopyOptions { create: knowledge.creations(), left_out: knowledge.left_out(), ..options })
}

fn options(args: &CopyArgs) -> CopyOptions {
    CopyOptions {
        schema: args.sides.schema.clone(),
        jobs: args.jobs.map_or_else(default_jobs, usize::from),
        tables: args.tables.clone(),
        exclude: args.exclude.clone(),
        only_failed: args.only_failed,
        start: if args.restart { Start::Restart } else { Start::Resume },
        occupied: if args.truncate_target { Occupied::Truncate } else { Occupied::Refuse },
        on_error: match args.on_error {
            OnErrorArg::Stop => OnError::Stop,
            OnErrorArg::Quarantine => OnError::Quarantine,
        },
        full_text: if args.full_text { FullText::Build } else { FullText::Leave },
        policy: Arc::new(policy),
        ..CopyOptions::default()
    }
}

/// Where Mattermost changes single fields of an object, a bare `null` becomes an empty one.
pub(super) fn policy(table: &str, column: &Column) -> Policy {
    let is_object = OBJECTS.iter().any(|(of_table, name)| {
        of_table.eq_ignore_ascii_case(table) && name.eq_ignore_ascii_case(&column.name)
    });
    let json_null = if is_object { JsonNull::Object } else { JsonNull::Keep };
    Policy { json_null, ..Policy::default() }
}

pub(super) fn describe(report: &CopyReport, context: Context) {
    let ui = context.ui;
    let head = ["table", "read", "written", "altered", "aside", "MiB", "s"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for table in &report.tables {
        rows.push(row(&table.target, &table.tally));
    }
    rows.push(row("all tables", &report.total));
    if !report.created.is_empty() {
        ui.say(format!("tables that were made: {}", report.created.join(", ")));
    }
    ui.say(table(&rows).trim_end());
    ui.say(format!("indexes and constraints built: {}", report.built.len()));
    ui.say(format!("copied in {:.1} s; {}", report.seconds, moment(report.consistency)));
    for definition in &report.not_built {
        ui.warn(format!(
            "`{}` on `{}` was not built: {} (SQLSTATE {})",
            definition.name, definition.table, definition.message, definition.sqlstate
        ));
    }
    for problem in &report.set_aside {
        ui.warn(format!("set aside: table `{}`, {problem}", problem.table));
    }
    if !report.left_out.is_empty() {
        ui.warn(format!("tables the target does not have: {}", report.left_out.join(", ")));
    }
    if report.source_changed == Some(true) {
        ui.warn("the source has changed since the copy began: stop Mattermost and copy again");
    }
}

/// What the claim rests on that all rows are of one moment.
fn moment(consistency: Consistency) -> &'static str {
    match consistency {
        Consistency::Lock => "all rows are of one moment, by a lock of some milliseconds",
        Consistency::Position => "all rows are of one moment, by the position of the binary log",
        Consistency::SingleReader => "all rows are of one moment, read by one session",
        Consistency::Nothing => {
            "that all rows are of one moment rests on Mattermost being stopped meanwhile"
        }
    }
}

fn row(name: &str, tally: &crate::copy::Tally) -> Vec<String> {
    let altered: u64 = tally.changes.values().flat_map(|of_column| of_column.values()).sum();
    vec![
        name.to_owned(),
        tally.rows_read.to_string(),
        tally.rows_written.to_string(),
        altered.to_string(),
        tally.rows_set_aside.to_string(),
        (tally.bytes >> 20).to_string(),
        format!("{:.1}", tally.seconds),
    ]
}
