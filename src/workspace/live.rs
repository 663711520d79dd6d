//! Following and proving a source that is being written.

use std::sync::{Arc, Mutex};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Error, RecordedDecisions};
use crate::follow::{
    self, Ending, FollowOptions, FollowReport, Observer, OnRowProblem, Outcome, ReadAgain, Refusal,
    begin_generation,
};
use crate::ledger;
use crate::mysql;
use crate::mysql::binlog::Position;
use crate::postgres::{Connection, Dsn};
use crate::progress::Progress;
use crate::quarantine::Quarantine;
use crate::verify::{VerifyOptions, VerifyReport, begin_live};

/// What following reports while it runs.
pub(crate) trait LiveObserver: Observer {
    /// Following begins.
    fn begin(&self);
    /// The account may not read the decisions of the copy.
    fn cannot_read_decisions(&self, error: &ledger::Error);
}

/// What a proof reports before following continues.
pub(crate) trait ProofObserver {
    /// All rows were compared.
    fn compared(&self, proof: &VerifyReport);
    /// All rows were equal at this position, and following continues.
    fn proven(&self, proof: &LiveProof<'_>);
}

/// The proof of all rows at a position of the log.
pub(crate) struct LiveProof<'a> {
    pub(crate) report: &'a VerifyReport,
    pub(crate) position: &'a Position,
    /// The rows that were changed since.
    pub(crate) touched: u64,
}

/// A source that is followed into a target.
#[derive(Clone, Copy)]
pub(crate) struct LiveSides<'a> {
    pub(crate) source: &'a mysql::Dsn,
    pub(crate) target: &'a Dsn,
    pub(crate) schema: &'a str,
    pub(crate) on_problem: OnRowProblem,
    pub(crate) quarantine: &'a Mutex<Quarantine>,
    pub(crate) observer: &'a dyn LiveObserver,
}

/// How following ended, for the commands that continue from there.
pub(crate) enum Followed {
    /// At the end that was asked for.
    Arrived(FollowReport),
    /// Another command takes over.
    HandedOver(FollowReport),
    /// It cannot continue.
    Stopped(FollowStop),
}

/// Why following cannot continue.
pub(crate) enum FollowStop {
    /// It cannot begin.
    Refused(Vec<Refusal>),
    /// Something in the log or on the target is in the way.
    Stopped { reason: String, hint: String },
}

/// What came of proving a source that is being written.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct LiveReport {
    /// The comparison of all rows at one position of the log.
    pub(crate) proof: Option<VerifyReport>,
    /// How many rows of the log were applied while it ran, and later.
    pub(crate) followed: Option<FollowReport>,
}

/// How proving and following ended.
pub(crate) enum LiveOutcome {
    /// All rows were proven equal, and another command takes over at this position.
    HandedOver(String),
    /// Another command takes over before all rows were compared.
    HandedOverEarly,
    /// Rows differed at this position.
    Different(Position),
    /// Following cannot continue.
    Stopped(FollowStop),
}

impl LiveSides<'_> {
    /// Follows until that end.
    pub(crate) async fn follow(self, ending: Ending) -> Result<Followed, Error> {
        let options = self.options(ending).await?;
        let following = match follow::open(self.source, self.target, &options).await {
            Err(follow::Error::Refused(refusals)) => {
                return Ok(Followed::Stopped(FollowStop::Refused(refusals)));
            }
            opened => opened?,
        };
        self.observer.begin();
        let report = follow::follow(following, self.quarantine, self.observer).await?;
        Ok(match &report.outcome {
            Outcome::CaughtUp => Followed::Arrived(report),
            Outcome::HandedOver => Followed::HandedOver(report),
            Outcome::Stopped { reason, hint } => {
                let (reason, hint) = (reason.clone(), hint.clone());
                Followed::Stopped(FollowStop::Stopped { reason, hint })
            }
        })
    }

    async fn options(self, ending: Ending) -> Result<FollowOptions, Error> {
        let recorded = RecordedDecisions::read(self.target, self.schema).await?;
        if let Some(error) = &recorded.unreadable {
            self.observer.cannot_read_decisions(error);
        }
        let decided = recorded.decisions;
        Ok(FollowOptions {
            schema: self.schema.to_owned(),
            ending,
            on_problem: self.on_problem,
            policy: Arc::new(move |table, column| decided.policy(table, column)),
        })
    }

    /// Reads again what the log does not determine, while nothing writes to the source.
    pub(crate) async fn read_again(self) -> Result<ReadAgain, Error> {
        let options = self.options(Ending::CaughtUp).await?;
        Ok(follow::read_again(self.source, self.target, &options, self.quarantine).await?)
    }

    /// Compares all rows at one position of the log while following continues, and then follows until another
    /// command takes over.
    pub(crate) async fn prove_and_follow(
        self,
        mut options: VerifyOptions,
        progress: Arc<dyn Progress>,
        observer: &dyn ProofObserver,
        report: &mut LiveReport,
    ) -> Result<LiveOutcome, Error> {
        let Self { source, target, schema, .. } = self;
        options.postponed = tables_copied_whole(target, schema).await?;
        let mut comparison = begin_live(source, target, &options).await?;
        let position = comparison.position().clone();
        let draining = self.follow(Ending::At(position.clone()));
        match Box::pin(comparison.wait_for(draining)).await?? {
            Followed::Arrived(_) => {}
            Followed::HandedOver(_) => return Ok(LiveOutcome::HandedOverEarly),
            Followed::Stopped(stop) => return Ok(LiveOutcome::Stopped(stop)),
        }
        let begun = begin_generation(target, schema, &position);
        let generation = Box::pin(comparison.wait_for(begun)).await??;
        comparison.begin_target().await?;
        let mut following = std::pin::pin!(self.follow(Ending::Interruption));
        let proof = tokio::select! {
            proof = comparison.compare(progress) => proof?,
            followed = &mut following => match followed? {
                Followed::Stopped(stop) => return Ok(LiveOutcome::Stopped(stop)),
                Followed::Arrived(followed) | Followed::HandedOver(followed) => {
                    report.followed = Some(followed);
                    return Ok(LiveOutcome::HandedOverEarly);
                }
            },
        };
        observer.compared(&proof);
        let proof = report.proof.insert(proof);
        if !proof.proof {
            return Ok(LiveOutcome::Different(position));
        }
        let touched = touched_rows(target, schema, generation).await?;
        observer.proven(&LiveProof { report: proof, position: &position, touched });
        match following.await? {
            Followed::Arrived(followed) | Followed::HandedOver(followed) => {
                let position = followed.position.clone();
                report.followed = Some(followed);
                Ok(LiveOutcome::HandedOver(position))
            }
            Followed::Stopped(stop) => Ok(LiveOutcome::Stopped(stop)),
        }
    }
}

/// The tables that are copied whole once nothing writes, and are not proven before.
async fn tables_copied_whole(target: &Dsn, schema: &str) -> Result<Vec<String>, Error> {
    let connection = Connection::connect(target).await?;
    let followed = ledger::followed_tables(&connection, schema).await?;
    let whole = followed.into_iter().filter(|(_, table)| table.copy_whole);
    Ok(whole.map(|(name, _)| name).collect())
}

/// Forgets the keys that were changed before a proof, and counts the rows that were changed since.
async fn touched_rows(target: &Dsn, schema: &str, generation: i32) -> Result<u64, Error> {
    let connection = Connection::connect(target).await?;
    ledger::forget_touched_keys(&connection, schema, generation).await?;
    Ok(ledger::touched_tables(&connection, schema).await?.values().sum())
}
