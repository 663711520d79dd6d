//! `migrate --live`: indexes, proof and following, while Mattermost keeps writing.

use std::sync::Mutex;

use super::{MigrateOutcome, MigrateReport, MigrateRun, PreparedTarget, build_indexes};
use crate::cli::{MigrateArgs, OnErrorArg};
use crate::commands::ExitStatus;
use crate::commands::live::{Followed, LiveSides, prove_and_follow};
use crate::follow::{Ending, OnRowProblem};
use crate::mysql;
use crate::postgres::{release_exclusive, take_exclusive};
use crate::quarantine::Quarantine;
use crate::shell::shell_word;
use crate::verify::VerifyOptions;
use crate::workspace::Workspace;

/// What the rows that were copied are to become.
pub(super) struct LiveSteps<'a> {
    pub(super) source: &'a mysql::Dsn,
    pub(super) quarantine: &'a Mutex<Quarantine>,
    pub(super) workspace: &'a Workspace,
    pub(super) prepared: &'a PreparedTarget,
    pub(super) comparing: VerifyOptions,
}

/// Catches up, builds the missing indexes, proves all rows and follows until another command takes over.
pub(super) async fn run(
    steps: LiveSteps<'_>,
    run: MigrateRun<'_>,
    report: &mut MigrateReport,
) -> anyhow::Result<MigrateOutcome> {
    let LiveSteps { source, quarantine, workspace, prepared, comparing } = steps;
    let MigrateRun { args, context, progress } = run;
    let (ui, connection) = (context.ui, &prepared.connection);
    let sides = LiveSides {
        command: "migrate",
        source,
        target: &workspace.target,
        schema: &workspace.schema,
        on_problem: match args.tables.on_error {
            OnErrorArg::Stop => OnRowProblem::Stop,
            OnErrorArg::Quarantine => OnRowProblem::Quarantine,
        },
        quarantine,
        context,
    };
    ui.title("4. Changes since the copy, indexes, materialized views, statistics");
    // Unique indexes can be built once rows fit together.
    if let Some(status) = catch_up(sides).await? {
        return Ok(MigrateOutcome::Followed(status));
    }
    progress.enter(3);
    take_exclusive(connection, &workspace.schema).await?;
    build_indexes(run, workspace, prepared, report).await?;
    release_exclusive(connection, &workspace.schema).await?;
    report.end_phase("indexes", ui);
    ui.title("5. Proof: comparison of all rows while Mattermost keeps writing");
    if let Some(status) = catch_up(sides).await? {
        return Ok(MigrateOutcome::Followed(status));
    }
    progress.enter(4);
    let switch = switch_command(args);
    let live = report.live.insert(crate::commands::live::LiveReport::default());
    let proving = prove_and_follow(sides, comparing, &switch, progress.clone(), live);
    let status = Box::pin(proving).await?;
    report.end_phase("follow", ui);
    Ok(MigrateOutcome::Followed(status))
}

/// Applies the log to its end; the status, if that is not possible.
async fn catch_up(sides: LiveSides<'_>) -> anyhow::Result<Option<ExitStatus>> {
    Ok(match sides.follow(Ending::CaughtUp).await? {
        Followed::Arrived(_) => None,
        Followed::Stopped(status) => Some(status),
        Followed::HandedOver(_) => {
            sides.context.ui.warn("another command takes over before all rows were compared");
            sides.context.ui.hint("run this command again for a proof");
            Some(ExitStatus::Findings)
        }
    })
}

/// The command that switches, with the flags that it needs.
fn switch_command(args: &MigrateArgs) -> String {
    let mut command =
        "migration-assist cutover --live --config /opt/mattermost/config/config.json".to_owned();
    if args.sides.schema != "public" {
        command.push_str(" --schema ");
        command.push_str(&shell_word(&args.sides.schema));
    }
    command
}
