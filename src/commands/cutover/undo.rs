//! `cutover --undo`: restores the configuration, and releases the source.

use std::time::SystemTime;

use schemars::JsonSchema;
use serde::Serialize;

use super::questions::{self, Answer};
use super::{
    Configuration, changed, configuration, configured_source, is_source_given, named_database,
    require_configuration, source_of,
};
use crate::cli::{CutoverArgs, TargetArgs};
use crate::clock::{read_stamp, spelled_out};
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{
    Error, FreezeRecords, Objection, RecordedSwitch, Release, StoreReport, Undone, WrittenRows,
    find_processes, judge_processes, last_switch, read_config, release, rows_written_since,
    target_sessions, undo_file, undo_store,
};
use crate::ledger;
use crate::mattermost::config::names_postgres;
use crate::mysql::{self, Access};
use crate::postgres::{Connection, Dsn};

#[derive(Debug, Default, Serialize, JsonSchema)]
pub(in crate::commands) struct UndoReport {
    /// The switch that is undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    switch: Option<RecordedSwitch>,
    /// Rows that were written on PostgreSQL since then, and are not in MySQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_behind: Option<WrittenRows>,
    /// Objections to the undo.
    objections: Vec<Objection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Undone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<StoreReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Release>,
}

pub(super) async fn run(args: &CutoverArgs, context: Context) -> anyhow::Result<ExitStatus> {
    if args.mysql.is_none() {
        require_configuration(args)?;
    }
    let mut report = UndoReport::default();
    let target = match target_dsn(args) {
        Ok(Some(dsn)) => Connection::connect(&dsn).await.map_err(|error| error.to_string()),
        Ok(None) => Err("no DSN of the target is known".to_owned()),
        // It was named, and by mistake.
        Err(error) if is_target_given(args) => return Err(error),
        Err(error) => Err(format!("{error:#}")),
    };
    announce(args, &target, &mut report, context).await?;
    let status = if confirm(args, &mut report, context)? {
        undo(args, &mut report, target, context).await?
    } else {
        context.ui.warn("nothing was changed");
        ExitStatus::Findings
    };
    context.json("cutover", &report, Vec::new())?;
    Ok(status)
}

/// The target as it was given, else as the configuration names it before it is put back.
fn target_dsn(args: &CutoverArgs) -> anyhow::Result<Option<Dsn>> {
    if is_target_given(args) {
        return connect::target_dsn(args.postgres.as_deref(), &args.target).map(Some);
    }
    let Some(path) = &args.config.config else { return Ok(None) };
    let file = read_config(path)?;
    let named = named_database(&file.text, &path.display().to_string())?;
    match named.filter(|dsn| names_postgres(dsn.expose())) {
        Some(dsn) => connect::parse_target(dsn.expose()).map(Some),
        None => Ok(None),
    }
}

fn is_target_given(args: &CutoverArgs) -> bool {
    let TargetArgs { postgres_dsn_file, postgres_dsn } = &args.target;
    args.postgres.is_some() || postgres_dsn_file.is_some() || postgres_dsn.is_some()
}

/// Prints what is about to be undone, and what is left behind.
async fn announce(
    args: &CutoverArgs,
    target: &Result<Connection, String>,
    report: &mut UndoReport,
    context: Context,
) -> anyhow::Result<()> {
    let ui = context.ui;
    let mut since = None;
    if let Some(path) = &args.config.config {
        report.switch = last_switch(path)?;
        if let Some(switch) = &report.switch {
            since = read_stamp(&switch.at);
            ui.lines(&[switch.line(path)]);
        }
    } else if let (true, Ok(target)) = (args.config.config_in_database, target) {
        since = ledger::last_switch_time(target, &args.schema).await?;
    }
    let Some(since) = since else { return Ok(()) };
    match target {
        Ok(target) => {
            let written = rows_written_since(target, &args.schema, since).await?;
            ui.lines(&written.lines());
            report.left_behind = Some(written);
            let sessions = target_sessions(target).await?;
            if !sessions.is_empty() {
                ui.warn(format!("connected to PostgreSQL now: {}", sessions.join(", ")));
            }
        }
        Err(reason) => ui.warn(format!(
            "cannot count what was written on PostgreSQL since, which is not in MySQL: {reason}"
        )),
    }
    Ok(())
}

/// Asks about the objections, then for confirmation of the change.
fn confirm(args: &CutoverArgs, report: &mut UndoReport, context: Context) -> anyhow::Result<bool> {
    if report.switch.is_some() || args.config.config_in_database {
        let changed = changed(args);
        let mut processes = find_processes(&args.machine.root, changed);
        processes.retain(|process| process.may_use(changed));
        report.objections = judge_processes(&processes);
    }
    questions::describe(&report.objections, context);
    let answer = questions::ask(&report.objections, args.accept, context)?;
    if answer != Answer::Accepted {
        questions::refuse(&answer, context);
        return Ok(false);
    }
    let question = match (&args.config.config, &report.switch) {
        (Some(path), Some(switch)) => format!(
            "Put back {} as of {}, leave behind what was written on PostgreSQL since, and release the \
             source?",
            path.display(),
            spelled_out(&switch.at)
        ),
        _ => "Put back what the cutover changed, and release the source?".to_owned(),
    };
    let yes = args.yes || context.ui.confirm(&question)?;
    if !yes {
        context.ui.hint("add `--yes` to put back what the cutover changed");
    }
    Ok(yes)
}

/// Restores the configuration, then releases the source. A failure of one does not prevent the other.
async fn undo(
    args: &CutoverArgs,
    report: &mut UndoReport,
    target: Result<Connection, String>,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    let (mut target, unreachable) = match target {
        Ok(target) => (Some(target), None),
        Err(reason) => (None, Some(reason)),
    };
    let restored = restore_configuration(args, target.as_mut(), report).await;
    if let Err(error) = &restored
        && !matches!(error.downcast_ref::<Error>(), Some(Error::NothingToUndo { .. }))
    {
        return restored.map(|()| ExitStatus::Failure);
    }
    if let Some(file) = &report.file {
        context.ui.lines(&file.lines());
    }
    if let Some(row) = &report.row {
        context.ui.lines(&[row.undone_line()]);
    }
    let released = release_source(args, target.as_ref()).await;
    let is_released = match &released {
        Ok(outcome) => {
            let nothing = matches!(outcome, Release::NotFrozen);
            if nothing {
                // Without a switch or a freeze, there is nothing to undo.
                if restored.is_err() {
                    context.ui.lines(&outcome.lines());
                }
                restored?;
            }
            if let (Release::NotOnRecord { .. }, Some(reason)) = (outcome, &unreachable) {
                context.ui.warn(format!("the record in the target was not read: {reason}"));
            }
            context.ui.lines(&outcome.lines());
            outcome.is_complete()
        }
        Err(error) => {
            context.ui.warn(format!("cannot determine whether the source is frozen: {error:#}"));
            restored?;
            context.ui.hint("run again with `--mysql DSN`, as this machine reaches the source");
            false
        }
    };
    report.source = released.ok();
    Ok(if is_released { ExitStatus::Success } else { ExitStatus::Findings })
}

async fn restore_configuration(
    args: &CutoverArgs,
    target: Option<&mut Connection>,
    report: &mut UndoReport,
) -> anyhow::Result<()> {
    if let Some(path) = &args.config.config {
        report.file = Some(undo_file(path, SystemTime::now())?);
        return Ok(());
    }
    if !args.config.config_in_database {
        return Err(Error::NothingToUndo { place: "a configuration".to_owned() }.into());
    }
    let Some(target) = target else {
        // For its error, which names what is missing.
        let dsn = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
        Connection::connect(&dsn).await?;
        return Err(Error::NoStoredConfig.into());
    };
    configuration(args, target).await?;
    report.row = Some(undo_store(target, &args.schema).await?);
    Ok(())
}

/// Releases the source that was given, otherwise the one in the restored configuration.
async fn release_source(
    args: &CutoverArgs,
    target: Option<&Connection>,
) -> anyhow::Result<Release> {
    let configuration = match (&args.config.config, target) {
        _ if is_source_given(args) => None,
        (Some(path), _) => Some(Configuration::File(read_config(path)?)),
        (None, Some(target)) if args.config.config_in_database => {
            Some(configuration(args, target).await?)
        }
        _ => None,
    };
    let configured = match configuration {
        Some(it) => configured_source(named_database(it.secret(), &it.place())?.as_ref())?,
        None => None,
    };
    let Some(source) = source_of(args, configured.as_ref())? else {
        anyhow::bail!("neither the command line nor the configuration names a MySQL database");
    };
    let mut server = mysql::Connection::connect(&source, Access::Writing).await?;
    let configuration = args.config.config.as_deref();
    Ok(release(&mut server, FreezeRecords { target, configuration }).await?)
}
