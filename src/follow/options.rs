//! What following is asked to do.

use std::fmt;
use std::sync::Arc;

use crate::convert::{Policy, PolicyOf};
use crate::mysql::binlog::Position;

/// What is followed into which schema, and until when.
#[derive(Clone)]
pub struct FollowOptions {
    /// The target's schema that holds the tables.
    pub schema: String,
    /// When to end.
    pub ending: Ending,
    /// What to do with a row that does not fit.
    pub on_problem: OnRowProblem,
    /// What may be done to values, by the target's table and column: as the copy did.
    pub policy: PolicyOf,
}

/// When following ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Ending {
    /// When it is interrupted, or another command takes over.
    #[default]
    Interruption,
    /// When the target is at most two seconds behind.
    CaughtUp,
    /// When the log is applied exactly up to a position, which is the end of a transaction or of the log.
    At(Position),
}

/// What to do with a row that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnRowProblem {
    /// Stop before its transaction.
    #[default]
    Stop,
    /// Put it into the quarantine, and delete its earlier version from the target.
    Quarantine,
}

impl Default for FollowOptions {
    fn default() -> Self {
        Self {
            schema: "public".to_owned(),
            ending: Ending::default(),
            on_problem: OnRowProblem::default(),
            policy: Arc::new(|_, _| Policy::default()),
        }
    }
}

impl fmt::Debug for FollowOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FollowOptions")
            .field("schema", &self.schema)
            .field("ending", &self.ending)
            .field("on_problem", &self.on_problem)
            .finish_non_exhaustive()
    }
}
