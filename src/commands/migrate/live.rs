//! `migrate --live`: indexes, proof and following, while Mattermost keeps writing.

use std::sync::Mutex;

use super::{MigrateOutcome, MigrateReport, MigrateRun, PreparedTarget, build_indexes};
use crate::cli::{MigrateArgs, OnErrorArg};
use crate::commands::follow::StatusLines;
use crate::commands::live::{report_outcome, report_stop};
use crate::commands::{Context, ExitStatus};
use crate::follow::{Ending, OnRowProblem};
use crate::mysql;
use crate::postgres::{release_exclusive, take_exclusive};
use crate::quarantine::Quarantine;
use crate::render::handed_over_early;
use crate::shell::shell_word;
use crate::ui::Ui;
use crate::verify::{VerifyOptions, VerifyReport};
use crate::workspace::{Followed, LiveProof, LiveReport, LiveSides, ProofObserver, Workspace};

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
    let lines = StatusLines::new(ui);
    let sides = LiveSides {
        source,
        target: &workspace.target,
        schema: &workspace.schema,
        on_problem: match args.tables.on_error {
            OnErrorArg::Stop => OnRowProblem::Stop,
            OnErrorArg::Quarantine => OnRowProblem::Quarantine,
        },
        quarantine,
        observer: &lines,
    };
    ui.title("4. Changes since the copy, indexes, materialized views, statistics");
    // Unique indexes can be built once rows fit together.
    if let Some(status) = catch_up(sides, context).await? {
        return Ok(MigrateOutcome::Followed(status));
    }
    progress.enter(3);
    take_exclusive(connection, &workspace.schema).await?;
    build_indexes(run, workspace, prepared, report).await?;
    release_exclusive(connection, &workspace.schema).await?;
    report.end_phase("indexes", ui);
    ui.title("5. Proof: comparison of all rows while Mattermost keeps writing");
    if let Some(status) = catch_up(sides, context).await? {
        return Ok(MigrateOutcome::Followed(status));
    }
    progress.enter(4);
    let live = report.live.insert(LiveReport::default());
    let printer = ProofPrinter { ui, switch: switch_command(args) };
    let proving = sides.prove_and_follow(comparing, progress.clone(), &printer, live);
    let outcome = Box::pin(proving).await?;
    let status = report_outcome("migrate", &outcome, live, context)?;
    report.end_phase("follow", ui);
    Ok(MigrateOutcome::Followed(status))
}

/// Prints a proof before following continues.
struct ProofPrinter {
    ui: Ui,
    /// The command that switches.
    switch: String,
}

impl ProofObserver for ProofPrinter {
    fn compared(&self, proof: &VerifyReport) {
        self.ui.lines(&proof.lines_without_verdict());
    }

    fn proven(&self, proof: &LiveProof<'_>) {
        self.ui.lines(&proof.lines(&self.switch));
    }
}

/// Applies the log to its end; the status, if that is not possible.
async fn catch_up(sides: LiveSides<'_>, context: Context) -> anyhow::Result<Option<ExitStatus>> {
    Ok(match sides.follow(Ending::CaughtUp).await? {
        Followed::Arrived(_) => None,
        Followed::Stopped(stop) => Some(report_stop("migrate", &stop, context)?),
        Followed::HandedOver(_) => {
            context.ui.lines(&handed_over_early());
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
