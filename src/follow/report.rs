//! What following reports, while it runs and at its end.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::ledger::FollowingCounts;

/// The outcome of following.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FollowReport {
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Up to here the log is applied, as file and offset.
    pub position: String,
    /// How much this run applied.
    pub applied: FollowingCounts,
    /// How many rows of each table do not fit at present and are absent from the target.
    pub rejected: BTreeMap<String, u64>,
    /// Tables of the source that the copy does not have, and that were written.
    pub unknown_tables: Vec<String>,
    /// Indexes and constraints that were built once the rows fitted together.
    pub built: Vec<String>,
    /// How long it ran, in seconds.
    pub seconds: f64,
}

/// How following ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The target is at most two seconds behind.
    CaughtUp,
    /// Another command takes over.
    HandedOver,
    /// It cannot go on: everything before the position is applied.
    Stopped {
        /// The kind of statement or event and the table; never a value.
        reason: String,
        /// What to do next, as an imperative.
        hint: String,
    },
}

/// How far the target is behind the source's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Lag {
    /// In bytes of the log; `None` if the server does not list its files.
    pub bytes: Option<u64>,
    /// In seconds since the last applied commit, if there is anything left to apply.
    pub seconds: u64,
}

/// The state of following, once a second.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FollowStatus {
    /// Up to here the log is applied, as file and offset.
    pub position: String,
    /// How far behind it is.
    pub lag: Lag,
    /// How much this run has applied.
    pub applied: FollowingCounts,
    /// How many changes of the log it applied in the last second.
    pub changes_per_second: u64,
    /// Why it is not connected at present.
    pub waiting_for: Option<String>,
}

/// What listens while following runs.
pub trait Observer: Send + Sync {
    /// The state, about once a second.
    fn status(&self, status: &FollowStatus);
    /// A table appeared in the source that the copy does not have.
    fn unknown_table(&self, table: &str);
    /// The source is about to remove this file of its log, which is not applied yet; the statement makes it keep
    /// its log for longer.
    fn log_is_ending(&self, file: &str, statement: &str);
}
