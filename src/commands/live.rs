//! Following and proving a source that is being written, for the commands that do both.

use std::sync::{Arc, Mutex};

use schemars::JsonSchema;
use serde::Serialize;

use super::follow::{StatusLines, describe_read, refuse};
use super::{Context, ExitStatus, decisions, verify};
use crate::check::grouped;
use crate::follow::{
    self, Ending, FollowOptions, FollowReport, OnRowProblem, Outcome, begin_generation,
};
use crate::ledger;
use crate::mysql;
use crate::postgres::{Connection, Dsn};
use crate::progress::Progress;
use crate::quarantine::Quarantine;
use crate::verify::{VerifyOptions, VerifyReport, begin_live};

/// A source that is followed into a target.
#[derive(Clone, Copy)]
pub(super) struct LiveSides<'a> {
    pub(super) command: &'static str,
    pub(super) source: &'a mysql::Dsn,
    pub(super) target: &'a Dsn,
    pub(super) schema: &'a str,
    pub(super) on_problem: OnRowProblem,
    pub(super) quarantine: &'a Mutex<Quarantine>,
    pub(super) context: Context,
}

/// How following ended, for the commands that continue from there.
pub(super) enum Followed {
    /// At the end that was asked for.
    Arrived(FollowReport),
    /// Another command takes over.
    HandedOver(FollowReport),
    /// It cannot continue; the reason was printed.
    Stopped(ExitStatus),
}

impl LiveSides<'_> {
    /// Follows until that end.
    pub(super) async fn follow(self, ending: Ending) -> anyhow::Result<Followed> {
        let options = self.options(ending).await?;
        let following = match follow::open(self.source, self.target, &options).await {
            Err(follow::Error::Refused(refusals)) => {
                let status = refuse(self.command, &refusals, self.context)?;
                return Ok(Followed::Stopped(status));
            }
            opened => opened?,
        };
        let lines = StatusLines::new(self.context.ui);
        let report = follow::follow(following, self.quarantine, &lines).await?;
        Ok(match &report.outcome {
            Outcome::CaughtUp => Followed::Arrived(report),
            Outcome::HandedOver => Followed::HandedOver(report),
            Outcome::Stopped { reason, hint } => {
                self.context.ui.warn(format!("stopped: {reason}"));
                self.context.ui.hint(hint);
                Followed::Stopped(ExitStatus::Findings)
            }
        })
    }
    async fn options(self, ending: Ending) -> anyhow::Result<FollowOptions> {
        let decided = decisions::recorded(self.target, self.schema, self.context.ui).await?;
        Ok(FollowOptions {
            schema: self.schema.to_owned(),
            ending,
            on_problem: self.on_problem,
            policy: Arc::new(move |table, column| decided.policy(table, column)),
        })
    }

    /// Reads again what the log does not determine, while nothing writes to the source.
    pub(super) async fn read_again(self) -> anyhow::Result<()> {
        let options = self.options(Ending::CaughtUp).await?;
        let read = follow::read_again(self.source, self.target, &options, self.quarantine).await?;
        describe_read(&read, self.context.ui);
        Ok(())
    }
}

/// What came of proving a source that is being written.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct LiveReport {
    /// The comparison of all rows at one position of the log.
    pub(super) proof: Option<VerifyReport>,
    /// How many rows of the log were applied while it ran, and later.
    pub(super) followed: Option<FollowReport>,
}

/// Compares all rows at one position of the log while following continues, and then follows until another command
/// takes over.
pub(super) async fn prove_and_follow(
    sides: LiveSides<'_>,
    mut options: VerifyOptions,
    switch: &str,
    progress: Arc<dyn Progress>,
    report: &mut LiveReport,
) -> anyhow::Result<ExitStatus> {
    let LiveSides { source, target, schema, context, .. } = sides;
    let ui = context.ui;
    let connection = Connection::connect(target).await?;
    let followed = ledger::followed_tables(&connection, schema).await?;
    let whole = followed.into_iter().filter(|(_, table)| table.copy_whole).map(|(name, _)| name);
    options.postponed = whole.collect();
    drop(connection);
    let mut comparison = begin_live(source, target, &options).await?;
    let position = comparison.position().clone();
    let draining = sides.follow(Ending::At(position.clone()));
    match Box::pin(comparison.wait_for(draining)).await?? {
        Followed::Arrived(_) => {}
        Followed::HandedOver(_) => return Ok(handed_over_early(context)),
        Followed::Stopped(status) => return Ok(status),
    }
    let begun = begin_generation(target, schema, &position);
    let generation = Box::pin(comparison.wait_for(begun)).await??;
    comparison.begin_target().await?;
    let mut following = std::pin::pin!(sides.follow(Ending::Interruption));
    let proof = tokio::select! {
        proof = comparison.compare(progress) => proof?,
        followed = &mut following => match followed? {
            Followed::Stopped(status) => return Ok(status),
            Followed::Arrived(followed) | Followed::HandedOver(followed) => {
                report.followed = Some(followed);
                return Ok(handed_over_early(context));
            }
        },
    };
    verify::describe_parts(&proof, ui);
    let (is_proof, extent) = (proof.proof, verify::extent(proof.rows(), proof.tables.len() as u64));
    let differences = proof.difference_count;
    report.proof = Some(proof);
    if !is_proof {
        ui.warn(format!(
            "not all rows are proven equal at {position}: rows that differ: {differences}"
        ));
        ui.hint("copy again: `migration-assist migrate --live --restart`");
        return Ok(ExitStatus::Findings);
    }
    let connection = Connection::connect(target).await?;
    ledger::forget_touched_keys(&connection, schema, generation).await?;
    let touched: u64 = ledger::touched_tables(&connection, schema).await?.values().sum();
    drop(connection);
    ui.good(format!(
        "all {extent} were equal at {position}; rows changed since: {}",
        grouped(touched)
    ));
    ui.say("following continues until the switch");
    ui.hint(format!("to switch, run in another terminal: `{switch}`"));
    match following.await? {
        Followed::Arrived(followed) | Followed::HandedOver(followed) => {
            ui.good(format!("another command takes over at {}", followed.position));
            report.followed = Some(followed);
            Ok(ExitStatus::Success)
        }
        Followed::Stopped(status) => Ok(status),
    }
}

fn handed_over_early(context: Context) -> ExitStatus {
    context.ui.warn("another command takes over before all rows were compared");
    context.ui.hint("run this command again for a proof");
    ExitStatus::Findings
}
