//! Options of a copy.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::{Creation, Definition, LossConsent, Stage};
use crate::convert::{Policy, TimeZones};
use crate::source::Source;
use crate::workers::default_jobs;

/// The tables, the start, and the handling of problems.
#[derive(Clone)]
pub struct CopyOptions {
    /// The target's schema with the tables.
    pub schema: String,
    /// The number of builds at a time; at least one.
    pub jobs: usize,
    /// The most workers, for which both servers grant sessions.
    pub session_limit: usize,
    /// The approximate size of a part in bytes of the source, which is what an interruption costs at most.
    pub part_bytes: u64,
    /// The tables to copy, named as on either side; empty for all.
    pub tables: Vec<String>,
    /// Tables to skip.
    pub exclude: Vec<String>,
    /// More tables to skip if they exist: those of excluded products.
    pub left_out: Vec<String>,
    /// The time zones of the source's local times.
    pub time_zones: TimeZones,
    /// Tables to create first if the target lacks them.
    pub create: Vec<Creation>,
    /// Tables that the source must have, by the target's names.
    pub required: BTreeSet<String>,
    /// Whether a table, view or type of the target belongs to Mattermost or a plugin by its name; others are
    /// not touched.
    pub is_known_name: fn(&str) -> bool,
    /// Copy only tables that an earlier run started and did not complete.
    pub only_failed: bool,
    /// The handling of an earlier run.
    pub start: Start,
    /// The handling of rows of the target that no copy wrote.
    pub occupied: Occupied,
    /// The handling of a row that does not fit.
    pub on_error: OnError,
    /// The rows that exist only on the target and that the user agreed to delete.
    pub consent: LossConsent,
    /// What differs between the decisions that `policy` stands for and those of the earlier run.
    pub changed_decisions: ChangedDecisions,
    /// Whether full-text indexes are built too.
    pub full_text: FullText,
    /// The text search configuration that full-text indexes are built with, with its schema; `None` for the
    /// one that they had.
    pub text_search: Option<String>,
    /// What happens to the target next.
    pub next: Next,
    /// Whether too little disk space prevents the start.
    pub space: Space,
    /// The policies for values, by the target's table and column.
    pub policy: PolicyOf,
}

pub use crate::convert::PolicyOf;

/// The handling of an earlier run that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// Resume it.
    #[default]
    Resume,
    /// Empty the tables that it filled and start over.
    Restart,
}

/// The handling of a table of the target whose rows no copy wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Occupied {
    /// Refuse to start.
    #[default]
    Refuse,
    /// Delete the rows.
    Truncate,
}

/// The handling of a row that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// Stop; finished work is kept.
    #[default]
    Stop,
    /// Empty the tables that this run began, and stop, if the row cannot be converted.
    Undo,
    /// Write the row to the quarantine and continue.
    Quarantine,
}

/// Which tables are copied again because of other decisions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangedDecisions {
    /// Those with quarantined rows.
    pub quarantined: bool,
    /// These, in lower case.
    pub tables: BTreeSet<String>,
}

/// Whether full-text indexes are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FullText {
    /// `post-migrate` builds them.
    #[default]
    Leave,
    /// The copy builds them.
    Build,
}

/// What happens to the target when its rows are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Next {
    /// Mattermost is pointed at it.
    #[default]
    Switch,
    /// The source's log is followed: the start position is recorded, and foreign keys and secondary unique
    /// indexes wait until the rows fit together.
    Follow,
}

impl Next {
    /// Whether a definition is built when the rows of its table are copied.
    pub(super) fn builds(self, definition: &Definition) -> bool {
        self == Self::Switch
            || !(definition.stage == Stage::ForeignKey || definition.refuses_duplicates())
    }
}

/// Whether the free space of the target's disk is checked, if it can be determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Space {
    /// Check it; too little prevents the start.
    #[default]
    Check,
    /// Skip the check.
    Ignore,
}

impl CopyOptions {
    /// The number of workers, each with a session on both sides and one task at a time.
    #[must_use]
    pub fn workers(&self, source: &Source) -> usize {
        let workers = if self.jobs > 1 { self.jobs * source.readers_per_job() } else { self.jobs };
        workers.min(self.session_limit).max(1)
    }

    /// Whether a table, view or type of the target is relevant to the copy.
    pub(super) fn is_ours(&self, name: &str) -> bool {
        let is_made =
            |name: &str| self.create.iter().any(|it| it.tables.iter().any(|it| it == name));
        (self.is_known_name)(name) || is_made(name)
    }
}

impl Default for CopyOptions {
    fn default() -> Self {
        Self {
            schema: "public".to_owned(),
            jobs: default_jobs(),
            session_limit: usize::MAX,
            part_bytes: 16 << 20,
            tables: Vec::new(),
            exclude: Vec::new(),
            left_out: Vec::new(),
            time_zones: TimeZones::default(),
            create: Vec::new(),
            required: BTreeSet::new(),
            is_known_name: |_| true,
            only_failed: false,
            start: Start::default(),
            occupied: Occupied::default(),
            on_error: OnError::default(),
            consent: LossConsent::default(),
            changed_decisions: ChangedDecisions::default(),
            full_text: FullText::default(),
            next: Next::default(),
            text_search: None,
            space: Space::default(),
            policy: Arc::new(|_, _| Policy::default()),
        }
    }
}

impl fmt::Debug for CopyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyOptions")
            .field("schema", &self.schema)
            .field("jobs", &self.jobs)
            .field("session_limit", &self.session_limit)
            .field("part_bytes", &self.part_bytes)
            .field("tables", &self.tables)
            .field("exclude", &self.exclude)
            .field("left_out", &self.left_out)
            .field("create", &self.create)
            .field("only_failed", &self.only_failed)
            .field("start", &self.start)
            .field("occupied", &self.occupied)
            .field("on_error", &self.on_error)
            .field("consent", &self.consent)
            .field("full_text", &self.full_text)
            .field("next", &self.next)
            .field("text_search", &self.text_search)
            .field("space", &self.space)
            .finish_non_exhaustive()
    }
}
