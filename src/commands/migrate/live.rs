//! `migrate --live`: indexes, proof and following, while Mattermost keeps writing.

use std::sync::{Arc, Mutex};

use super::{IndexStep, MigrateOutcome, MigrateReport, build_indexes};
use crate::cli::{MigrateArgs, OnErrorArg};
use crate::commands::live::{Followed, LiveSides, prove_and_follow};
use crate::commands::{Context, ExitStatus};
use crate::follow::{Ending, OnRowProblem};
use crate::mysql;
use crate::postgres::{Connection, release_exclusive, take_exclusive};
use crate::quarantine::Quarantine;
use crate::shell::shell_word;
use crate::ui::Bars;
use crate::verify::VerifyOptions;

/// What the rows that were copied are to become.
pub(super) struct LiveSteps<'a> {
    pub(super) source: &'a mysql::Dsn,
    pub(super) quarantine: &'a Mutex<Quarantine>,
    pub(super) indexes: IndexStep<'a>,
    pub(super) comparing: VerifyOptions,
}

/// Catches up, builds the missing indexes, proves all rows and follows until another command takes over.
pub(super) async fn run(
    steps: LiveSteps<'_>,
    connection: &Connection,
    args: &MigrateArgs,
    context: Context,
    report: &mut MigrateReport,
    progress: Arc<Bars>,
) -> anyhow::Result<MigrateOutcome> {
    let LiveSteps { source, quarantine, indexes, comparing } = steps;
    let ui = context.ui;
    let sides = LiveSides {
        command: "migrate",
        source,
        target: indexes.target,
        schema: &args.sides.schema,
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
    take_exclusive(connection, &args.sides.schema).await?;
    build_indexes(connection, indexes, args, context, report, &*progress).await?;
    release_exclusive(connection, &args.sides.schema).await?;
    report.end_phase("indexes", context.ui);
    ui.title("5. Proof: comparison of all rows while Mattermost keeps writing");
    if let Some(status) = catch_up(sides).await? {
        return Ok(MigrateOutcome::Followed(status));
    }
    progress.enter(4);
    let switch = switch_command(args);
    let live = report.live.insert(crate::commands::live::LiveReport::default());
    let proving = prove_and_follow(sides, comparing, &switch, progress, live);
    let status = Box::pin(proving).await?;
    report.end_phase("follow", context.ui);
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
