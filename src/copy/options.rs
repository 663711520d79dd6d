//! What a copy is asked to do.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::{Creation, LossConsent};
use crate::convert::{Policy, TimeZones};

/// Which tables, from where on, and what to do about trouble.
#[derive(Clone)]
pub struct CopyOptions {
    /// The target's schema that holds the tables.
    pub schema: String,
    /// How many tables, parts of tables or indexes are worked on at a time; at least one.
    pub jobs: usize,
    /// About how many bytes of the source a part of a table has: what an interruption costs at most.
    pub part_bytes: u64,
    /// Copy these tables only, named as on either side; empty for all.
    pub tables: Vec<String>,
    /// Leave these tables alone.
    pub exclude: Vec<String>,
    /// Leave these alone, too, if they are there: the tables of what was not asked for.
    pub left_out: Vec<String>,
    /// The time zones of the source's local times.
    pub time_zones: TimeZones,
    /// Tables to make first, where the target lacks them.
    pub create: Vec<Creation>,
    /// The tables, by the target's names, that the source has to have.
    pub required: BTreeSet<String>,
    /// Whether a table, view or type of the target can be Mattermost's or a plugin's by its name; others
    /// are left alone.
    pub is_known_name: fn(&str) -> bool,
    /// Copy only what an earlier run began and did not complete.
    pub only_failed: bool,
    /// What to make of an earlier run.
    pub start: Start,
    /// What to do with rows of the target that no copy has written.
    pub occupied: Occupied,
    /// What to do with a row that does not fit.
    pub on_error: OnError,
    /// Which loss of rows that exist only on the target the user agreed to.
    pub consent: LossConsent,
    /// Whether full-text indexes are built, too.
    pub full_text: FullText,
    /// Whether too little disk is a reason not to start.
    pub space: Space,
    /// What may be done to values, by the target's table and column.
    pub policy: PolicyOf,
}

pub use crate::convert::PolicyOf;

/// What to make of an earlier run that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// Go on where it was.
    #[default]
    Resume,
    /// Empty what it filled, and begin anew.
    Restart,
}

/// What to do with a table of the target whose rows no copy has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Occupied {
    /// Refuse to start.
    #[default]
    Refuse,
    /// Delete the rows.
    Truncate,
}

/// What to do with a row that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// Stop; what is complete stays.
    #[default]
    Stop,
    /// Put the row into the quarantine and go on.
    Quarantine,
}

/// Whether full-text indexes are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FullText {
    /// They are left to `post-migrate`.
    #[default]
    Leave,
    /// They are built.
    Build,
}

/// Whether the free space of the target's disk is looked at, where it can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Space {
    /// It is; too little is a reason not to start.
    #[default]
    Check,
    /// It is not.
    Ignore,
}

impl CopyOptions {
    /// Whether a table, view or type of the target is one that the copy has to do with.
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
            full_text: FullText::default(),
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
            .field("space", &self.space)
            .finish_non_exhaustive()
    }
}

/// As many jobs as this machine has processors, within reason.
#[must_use]
pub fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8)
}
