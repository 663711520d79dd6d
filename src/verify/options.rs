//! Options of a verification.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::Sample;
use crate::convert::{Policy, PolicyOf, TimeZones};
use crate::workers::default_jobs;

/// Whether differences are reported with values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Rows and columns only.
    #[default]
    Names,
    /// With the start of both values.
    Values,
}

/// The scope of the comparison and of the report.
#[derive(Clone)]
pub struct VerifyOptions {
    /// The target's schema with the tables.
    pub schema: String,
    /// The number of sessions on each side; at least one.
    pub jobs: usize,
    /// The tables to compare, named as on either side; empty for all.
    pub tables: Vec<String>,
    /// Tables to skip.
    pub exclude: Vec<String>,
    /// The tables of excluded products, by either side's names.
    pub left_out: Vec<String>,
    /// Tables that are copied and compared once writes are stopped, because nothing identifies their rows.
    pub postponed: Vec<String>,
    /// Compare only a sample of the rows.
    pub sample: Option<Sample>,
    /// The most differences that are listed; all are counted.
    pub limit: usize,
    /// Whether differences are reported with values.
    pub show: Show,
    /// Tables of which each side has its own, with the reason.
    pub bookkeeping: Vec<(String, String)>,
    /// The tables that the target must have, in lower case: those of the migrations.
    pub required: BTreeSet<String>,
    /// Whether a table of the target belongs to Mattermost or a plugin by its name; others are ignored.
    pub is_known_name: fn(&str) -> bool,
    /// The approximate size of a part in bytes.
    pub part_bytes: u64,
    /// The policies with which values were copied.
    pub policy: PolicyOf,
    /// The time zones of the source's local times.
    pub time_zones: TimeZones,
}

impl VerifyOptions {
    /// Whether all rows of all tables are compared.
    #[must_use]
    pub(super) fn is_whole(&self) -> bool {
        self.sample.is_none() && self.tables.is_empty() && self.exclude.is_empty()
    }
}

/// The number of sessions on each side that keeps so many processors busy: a source that does not fit in its server's
/// memory lets some of them wait for its disk.
#[must_use]
pub fn sessions_for(processors: usize) -> usize {
    processors + processors / 2
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            schema: "public".to_owned(),
            jobs: sessions_for(default_jobs()),
            tables: Vec::new(),
            exclude: Vec::new(),
            left_out: Vec::new(),
            postponed: Vec::new(),
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
