//! What a verification is asked to do.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::Sample;
use crate::convert::{Policy, PolicyOf, TimeZones};

/// Whether differences come with the values of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// They name rows and columns only.
    #[default]
    Names,
    /// They quote the beginning of both values.
    Values,
}

/// What is compared, how, and how much of it is told.
#[derive(Clone)]
pub struct VerifyOptions {
    /// The target's schema that holds the tables.
    pub schema: String,
    /// How many sessions read each side at a time; at least one.
    pub jobs: usize,
    /// Compare these tables only, named as on either side; empty for all.
    pub tables: Vec<String>,
    /// Leave these tables out.
    pub exclude: Vec<String>,
    /// The tables of what was not asked for, by either side's names.
    pub left_out: Vec<String>,
    /// Compare only so many of the rows.
    pub sample: Option<Sample>,
    /// The most differences that are named; all are counted.
    pub limit: usize,
    /// Whether they come with values.
    pub show: Show,
    /// Tables of which each side keeps its own, with the reason.
    pub bookkeeping: Vec<(String, String)>,
    /// The tables that the target has to have, in lower case: those of the migrations.
    pub required: BTreeSet<String>,
    /// Whether a table of the target can be Mattermost's or a plugin's by its name; others are left alone.
    pub is_known_name: fn(&str) -> bool,
    /// About how many bytes of a table are read in one piece.
    pub part_bytes: u64,
    /// What may have been done to values.
    pub policy: PolicyOf,
    /// The time zones of the source's local times.
    pub time_zones: TimeZones,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            schema: "public".to_owned(),
            jobs: processors.clamp(2, 8),
            tables: Vec::new(),
            exclude: Vec::new(),
            left_out: Vec::new(),
            sample: None,
            limit: 100,
            show: Show::default(),
            bookkeeping: Vec::new(),
            required: BTreeSet::new(),
            is_known_name: |_| true,
            part_bytes: 32 << 20,
            policy: Arc::new(|_, _| Policy::default()),
            time_zones: TimeZones::default(),
        }
    }
}

impl fmt::Debug for VerifyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyOptions")
            .field("schema", &self.schema)
            .field("jobs", &self.jobs)
            .field("tables", &self.tables)
            .field("exclude", &self.exclude)
            .field("left_out", &self.left_out)
            .field("sample", &self.sample)
            .field("limit", &self.limit)
            .field("show", &self.show)
            .finish_non_exhaustive()
    }
}
