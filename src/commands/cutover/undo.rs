//! `cutover --undo`: the configuration as it was, and the source free to be written.

use std::time::SystemTime;

use serde::Serialize;

use super::{configuration, require_configuration, source_dsn};
use crate::cli::{CutoverArgs, Format};
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{
    Error, Released, StoreReport, Undone, is_frozen, plan_switch, read_config, release, undo_file,
    undo_store, written_since_copy,
};
use crate::mysql::{self, Access};
use crate::postgres::{Connection, Dsn};

#[derive(Debug, Default, Serialize)]
struct UndoReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Undone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<StoreReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Released>,
    /// Whether the source was written since its rows were read; absent where nobody can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    written_since_copy: Option<bool>,
}

pub(super) async fn run(args: &CutoverArgs, context: Context) -> anyhow::Result<ExitStatus> {
    if args.mysql.is_none() {
        require_configuration(args)?;
    }
    let target = target(args);
    if !args.yes && !context.ui.confirm("Put back what the cutover changed?")? {
        context.ui.warn("nothing was changed");
        context.ui.hint("add `--yes` to put back what the cutover changed");
        if context.format == Format::Json {
            context.json("cutover", &UndoReport::default())?;
        }
        return Ok(ExitStatus::Findings);
    }
    let mut report = UndoReport::default();
    let undone = restore_configuration(args, &mut report).await;
    if let Err(error) = &undone {
        let nothing = error.downcast_ref::<Error>();
        if !matches!(nothing, Some(Error::NothingToUndo { .. })) {
            return undone.map(|()| ExitStatus::Failure);
        }
    }
    let release_source = match target {
        Some(dsn) => release_source(args, &dsn, &mut report).await,
        None => Ok(()),
    };
    if !matches!(report.source, Some(Released::Released | Released::WasReadOnlyBefore)) {
        undone?;
    }
    describe(&report, context);
    if let Err(error) = &release_source {
        context.ui.warn(format!("whether the source is frozen is not known: {error}"));
        context.ui.hint("run again with `--mysql DSN --postgres DSN` to release it");
    }
    if context.format == Format::Json {
        context.json("cutover", &report)?;
    }
    Ok(if release_source.is_ok() { ExitStatus::Success } else { ExitStatus::Findings })
}

async fn restore_configuration(args: &CutoverArgs, report: &mut UndoReport) -> anyhow::Result<()> {
    if let Some(path) = &args.config.config {
        report.file = Some(undo_file(path, SystemTime::now())?);
        return Ok(());
    }
    if !args.config.config_in_database {
        return Err(Error::NothingToUndo { place: "a configuration".to_owned() }.into());
    }
    let dsn = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    let mut connection = Connection::connect(&dsn).await?;
    configuration(args, &connection).await?;
    report.row = Some(undo_store(&mut connection, &args.schema).await?);
    Ok(())
}

/// The target as it was given, else as the configuration names it before it is put back.
fn target(args: &CutoverArgs) -> Option<Dsn> {
    if let Ok(dsn) = connect::target_dsn(args.postgres.as_deref(), &args.target) {
        return Some(dsn);
    }
    let config = read_config(args.config.config.as_deref()?).ok()?;
    let any = connect::parse_target("postgres://nobody@nowhere/nothing").ok()?;
    let named = plan_switch(config.text.expose(), &any, &[]).ok()?.data_source?;
    connect::parse_target(named.expose()).ok()
}

/// Releases the source where a freezing of it is on record in the target.
async fn release_source(
    args: &CutoverArgs,
    target: &Dsn,
    report: &mut UndoReport,
) -> anyhow::Result<()> {
    let Ok(source) = source_dsn(args) else { return Ok(()) };
    let target = Connection::connect(target).await?;
    let name = source.address.to_string();
    if !is_frozen(&target, &name).await? {
        return Ok(());
    }
    let mut server = mysql::Connection::connect(&source, Access::Writing).await?;
    report.written_since_copy = written_since_copy(&mut server, &target, &args.schema).await?;
    report.source = Some(release(&mut server, &target, &name).await?);
    Ok(())
}

fn describe(report: &UndoReport, context: Context) {
    let ui = context.ui;
    if let Some(file) = &report.file {
        ui.good(format!("{} is as it was before the cutover", file.path.display()));
        if let Some(changed) = &file.changed {
            ui.warn(format!(
                "it had been changed since; that version is kept in {}",
                changed.display()
            ));
        }
    }
    if let Some(row) = &report.row {
        ui.good(format!("row {} is the active configuration again", row.active));
    }
    match report.source {
        Some(Released::Released) => ui.good("the source can be written again"),
        Some(Released::WasReadOnlyBefore) => {
            ui.say("the source stays read only, as it was before it was frozen");
        }
        Some(Released::NotOnRecord) | None => {}
    }
    match report.written_since_copy {
        Some(true) => ui.warn("the source's server was written since its rows were copied"),
        Some(false) => ui.good("nothing was written to the source since its rows were copied"),
        None => {}
    }
}
