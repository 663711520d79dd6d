//! A migration of a source that is being written: the rows of its log are applied before the indexes are built,
//! before the proof, and until another command takes over.

use std::sync::Mutex;

use super::{Ending, Migration, MigrationOutcome, MigrationPhase, PreparedTarget};
use crate::copy::{CopyWork, Start};
use crate::follow::{self, OnRowProblem};
use crate::ledger;
use crate::mysql;
use crate::postgres::Connection;
use crate::quarantine::Quarantine;
use crate::verify::VerifyOptions;
use crate::workspace::{
    FollowStop, Followed, LiveObserver, LiveOutcome, LiveReport, LiveSides, ProofObserver,
    Workspace,
};

/// How a source that is being written is followed.
#[derive(Clone, Copy)]
pub(crate) struct LiveMigration<'a> {
    pub(crate) on_problem: OnRowProblem,
    pub(crate) observer: &'a dyn LiveObserver,
    pub(crate) proof: &'a dyn ProofObserver,
}

impl<'a> LiveMigration<'a> {
    pub(super) fn sides(
        self,
        source: &'a mysql::Dsn,
        workspace: &'a Workspace,
        quarantine: &'a Mutex<Quarantine>,
    ) -> LiveSides<'a> {
        LiveSides {
            source,
            target: &workspace.target,
            schema: &workspace.schema,
            on_problem: self.on_problem,
            quarantine,
            observer: self.observer,
        }
    }
}

impl Migration<'_> {
    /// Catches up, builds the missing indexes, proves all rows and follows until another command takes over.
    pub(super) async fn follow(
        mut self,
        (sides, proof): (LiveSides<'_>, &dyn ProofObserver),
        workspace: &Workspace,
        prepared: &PreparedTarget,
        comparing: VerifyOptions,
    ) -> Result<MigrationOutcome, Ending> {
        self.begin(MigrationPhase::Indexes);
        // Unique indexes can be built once rows fit together.
        catch_up(sides).await?;
        self.build_indexes(workspace, prepared, CopyWork::Nothing).await?;
        self.begin(MigrationPhase::Proof);
        catch_up(sides).await?;
        let live = self.report.live.insert(LiveReport::default());
        let proving = sides.prove_and_follow(comparing, self.progress.clone(), proof, live);
        let outcome = Box::pin(proving).await?;
        self.end("follow");
        Ok(MigrationOutcome::Followed(outcome))
    }
}

/// An early end before anything is written, if the source cannot be followed. A copy that is followed already
/// continues, and following looks at the source again.
pub(super) async fn refuse_unfollowable(
    workspace: &Workspace,
    target: &Connection,
    start: Start,
) -> Result<(), Ending> {
    let Some(source) = workspace.source.log_server() else { return Ok(()) };
    let followed = ledger::read_following(target, &workspace.schema).await?;
    if followed.is_some() && start == Start::Resume {
        return Ok(());
    }
    let obstacles = follow::find_obstacles(source).await?;
    if obstacles.is_empty() {
        return Ok(());
    }
    let stop = LiveOutcome::Stopped(FollowStop::Refused(obstacles));
    Err(Ending::Early(MigrationOutcome::Followed(stop)))
}

/// Applies the log to its end; an early end, if that is not possible.
async fn catch_up(sides: LiveSides<'_>) -> Result<(), Ending> {
    let outcome = match sides.follow(follow::Ending::CaughtUp).await? {
        Followed::Arrived(_) => return Ok(()),
        Followed::Stopped(stop) => LiveOutcome::Stopped(stop),
        Followed::HandedOver(_) => LiveOutcome::HandedOverEarly,
    };
    Err(Ending::Early(MigrationOutcome::Followed(outcome)))
}
