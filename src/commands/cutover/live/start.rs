//! What follows the switch: foreign keys, the start of Mattermost, its configuration, and all rows once more.

use std::process::{Command, Stdio};
use std::sync::Arc;

use super::steps::Steps;
use super::window::Window;
use crate::commands::ExitStatus;
use crate::cutover::{changed_settings, read_config};
use crate::follow;
use crate::render::extent;
use crate::verify::{TargetSnapshot, begin_live};

/// A switch that was made.
pub(super) struct Switched<'a> {
    pub(super) status: ExitStatus,
    pub(super) steps: &'a Steps,
    /// The target as it was proven, before anything else was written to it.
    pub(super) snapshot: TargetSnapshot,
}

/// Builds the foreign keys, starts Mattermost or prints how, and compares all rows once more.
pub(super) async fn complete(
    window: &Window<'_>,
    switched: Switched<'_>,
) -> anyhow::Result<ExitStatus> {
    let (ui, sides) = (window.context.ui, window.sides);
    let Switched { mut status, steps, snapshot } = switched;
    ui.good(format!("switched; writes were stopped for {:.1} s until then", steps.seconds()));
    let written = read_settings(window)?;
    match follow::finish(sides.target, sides.schema).await {
        Ok(built) => ui.say(format!("foreign keys built: {}", built.len())),
        Err(error) => {
            ui.warn(format!("foreign keys are missing: {error}"));
            ui.hint("run `migration-assist follow --finish`");
        }
    }
    match &window.args.start_command {
        None => ui.hint("start Mattermost now, such as with `systemctl restart mattermost`"),
        Some(command) => {
            let started = start(command.clone()).await?;
            if started.success() {
                ui.good(format!("`{command}` ended after {:.1} s", steps.seconds()));
            } else {
                ui.warn(format!("`{command}` failed: {started}"));
                ui.hint(
                    "start Mattermost by hand, or go back with `migration-assist cutover --undo`",
                );
                status = ExitStatus::Findings;
            }
            if !is_kept(window, written.as_deref())? {
                status = ExitStatus::Findings;
            }
        }
    }
    let is_equal = match Box::pin(prove_again(window, snapshot)).await {
        Ok(is_equal) => is_equal,
        // The switch is made and proven all the same.
        Err(error) => {
            ui.warn(format!("cannot compare all rows once more: {error:#}"));
            false
        }
    };
    Ok(if is_equal { status } else { ExitStatus::Findings })
}

/// The text of the configuration, if it is a file.
fn read_settings(window: &Window<'_>) -> anyhow::Result<Option<String>> {
    let Some(path) = &window.args.config.config else { return Ok(None) };
    Ok(Some(read_config(path)?.text.expose().to_owned()))
}

/// Prints what changed in the configuration while Mattermost was restarted; whether it names PostgreSQL.
fn is_kept(window: &Window<'_>, written: Option<&str>) -> anyhow::Result<bool> {
    let ui = window.context.ui;
    let (Some(before), Some(after)) = (written, read_settings(window)?) else { return Ok(true) };
    let changed = changed_settings(before, &after);
    if !changed.is_empty() {
        ui.warn(format!(
            "settings that were changed while Mattermost started: {}",
            changed.join(", ")
        ));
    }
    if window.is_switched()? {
        return Ok(true);
    }
    ui.warn("the configuration names MySQL again: the old process saved its settings");
    ui.hint(
        "stop Mattermost, run `migration-assist cutover` with the same configuration, and start it",
    );
    Ok(false)
}

/// Runs a command of the user; its output goes to standard error.
async fn start(command: String) -> anyhow::Result<std::process::ExitStatus> {
    let run = move || {
        Command::new("sh").arg("-c").arg(command).stdout(Stdio::from(std::io::stderr())).status()
    };
    Ok(tokio::task::spawn_blocking(run).await??)
}

/// Compares all rows as they were at the switch, which needs nothing of the comparisons before; whether they
/// are equal.
async fn prove_again(window: &Window<'_>, snapshot: TargetSnapshot) -> anyhow::Result<bool> {
    let (ui, sides) = (window.context.ui, window.sides);
    ui.say(
        "comparing all rows once more, as they were at the switch; Mattermost may run meanwhile, and \
         this can be interrupted",
    );
    let mut comparison = begin_live(sides.source, sides.target, window.options).await?;
    comparison.begin_target_at(snapshot).await?;
    let report = comparison.compare(Arc::new(ui.progress())).await?;
    if report.proof {
        let extent = extent(report.rows(), report.tables.len() as u64);
        ui.good(format!("all {extent} were equal at the switch"));
        return Ok(true);
    }
    ui.lines(&report.lines_without_verdict());
    ui.warn(format!("rows that differed at the switch: {}", report.difference_count));
    ui.hint(
        "as long as nothing was written on PostgreSQL, go back with `migration-assist cutover --undo`",
    );
    Ok(false)
}
