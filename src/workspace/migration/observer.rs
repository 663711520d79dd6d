//! What a migration reports while it runs.

use std::io;

use crate::check::CheckReport;
use crate::check::policy::Decisions;
use crate::copy::{CopyReport, CopyWork, EarlierCopy, PlannedCopy, TargetLoss};
use crate::indexes::{BuildReport, RefreshReport};
use crate::mattermost::Product;
use crate::migrations::RunReport;
use crate::verify::VerifyReport;
use crate::workspace::{
    ChannelOrder, OpenedWorkspace, SessionLimits, SourceModels, TargetChecks, TargetReport,
    TextSearchObstacle, TextSearchReport,
};

/// The parts of a migration, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MigrationPhase {
    Check,
    Schema,
    Rows,
    Indexes,
    Proof,
}

/// What was found or done.
pub(crate) enum MigrationEvent<'a> {
    /// The source is open, of which these products are asked for.
    Opened(&'a OpenedWorkspace, &'a [Product]),
    TargetChecked(&'a TargetReport, TargetChecks),
    ChannelsOrdered(&'a ChannelOrder),
    TextSearchObstructed(&'a TextSearchObstacle),
    SessionsLimited(&'a SessionLimits),
    /// A text search configuration of that name was created.
    TextSearchCreated(&'a str),
    /// The schema of that name was built.
    SchemaBuilt(&'a RunReport, &'a str),
    ProductsKnown(&'a SourceModels),
    /// The target has the rows of an earlier copy.
    CopiedBefore(&'a EarlierCopy),
    CopyPlanned(&'a PlannedCopy),
    Copied(&'a CopyReport, CopyWork),
    IndexesBuilt(&'a BuildReport, &'a RefreshReport),
    SearchesSet(&'a TextSearchReport),
    Compared(&'a VerifyReport),
    /// A phase of the report has ended after so many seconds.
    PhaseEnded {
        phase: &'static str,
        seconds: f64,
    },
}

/// Receives what a migration finds and does, and decides about it.
pub(crate) trait MigrationObserver {
    fn began(&self, phase: MigrationPhase);
    fn happened(&self, event: MigrationEvent<'_>);
    /// Whether the findings stop the migration. Those that the request settles are removed.
    fn judge(&self, checks: &mut CheckReport, decided: &Decisions) -> bool;
    /// Whether this may be lost.
    fn accepts(&self, loss: &TargetLoss) -> io::Result<bool>;
}
