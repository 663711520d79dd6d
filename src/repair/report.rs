//! What a fix did, or would do.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::check::{Class, Key, Rule};

/// The version of the report's JSON form.
pub const FIX_VERSION: u32 = 1;

/// How many keys of rows left for a person are kept for each entry.
const KEYS: usize = 100;

/// What a fix did, or, if it was a dry run, would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FixReport {
    /// The version of this form.
    pub version: u32,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Where the old values and rows are, if any were altered or removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<PathBuf>,
    /// What was done, place by place and rule by rule.
    pub entries: Vec<FixEntry>,
}

/// What was done in one place for one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FixEntry {
    /// The kind of the rule.
    pub class: Class,
    /// The rule.
    pub rule: Rule,
    /// The table, as the source spells it.
    pub table: String,
    /// The column; none where a whole table was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What the rule's finding became.
    #[serde(flatten)]
    pub count: FixCount,
    /// The keys of the first rows left for a person. Never a cell's value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_keys: Vec<Key>,
    /// Why a table or a column was left, where the server told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct FixCount {
    /// Values that were altered.
    pub altered: u64,
    /// Rows that were deleted.
    pub deleted: u64,
    /// Tables and columns that were dropped.
    pub dropped: u64,
    /// Rows, or tables and columns, that a person has to look at.
    pub left: u64,
    /// Rows that the fix should have cleared and that its own check still finds.
    pub unfinished: u64,
}

impl FixReport {
    /// Whether nothing is found any more that the fix claims to clear.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.entries.iter().all(|entry| entry.count.unfinished == 0)
    }

    /// The sums of all entries.
    #[must_use]
    pub fn total(&self) -> FixCount {
        let sum = |of: fn(&FixCount) -> u64| self.entries.iter().map(|it| of(&it.count)).sum();
        FixCount {
            altered: sum(|it| it.altered),
            deleted: sum(|it| it.deleted),
            dropped: sum(|it| it.dropped),
            left: sum(|it| it.left),
            unfinished: sum(|it| it.unfinished),
        }
    }
}

/// A table, a column of it or none, and a rule.
pub(super) type Place = (String, Option<String>, Rule);

/// The entries of a report while it is made.
#[derive(Debug, Default)]
pub(super) struct Counts {
    entries: BTreeMap<Place, FixEntry>,
}

impl Counts {
    /// The counts of a place.
    pub(super) fn of(&mut self, place: Place) -> &mut FixCount {
        &mut self.entry(place).count
    }

    /// Leaves a row to a person.
    pub(super) fn leave(&mut self, place: Place, key: impl FnOnce() -> Key) {
        let entry = self.entry(place);
        entry.count.left += 1;
        if entry.left_keys.len() < KEYS {
            // A table without a key has nothing to name a row by.
            entry.left_keys.extend(Some(key()).filter(|key| !key.is_empty()));
        }
    }

    /// Leaves a table or a column to a person.
    pub(super) fn leave_whole(&mut self, place: Place, note: String) {
        let entry = self.entry(place);
        entry.count.left += 1;
        entry.note = Some(note);
    }

    /// How many rows should have been cleared and are not.
    pub(super) fn unfinished(&self) -> u64 {
        self.entries.values().map(|entry| entry.count.unfinished).sum()
    }

    /// Adds what another count found.
    pub(super) fn merge(&mut self, other: Self) {
        for (place, other) in other.entries {
            let entry = self.entry(place);
            entry.count.altered += other.count.altered;
            entry.count.deleted += other.count.deleted;
            entry.count.dropped += other.count.dropped;
            entry.count.left += other.count.left;
            entry.count.unfinished += other.count.unfinished;
            entry.left_keys.extend(other.left_keys);
            entry.left_keys.truncate(KEYS);
            entry.note = other.note.or(entry.note.take());
        }
    }

    fn entry(&mut self, place: Place) -> &mut FixEntry {
        let (table, column, rule) = place.clone();
        self.entries.entry(place).or_insert_with(|| FixEntry {
            class: rule.class(),
            rule,
            table,
            column,
            count: FixCount::default(),
            left_keys: Vec::new(),
            note: None,
        })
    }

    pub(super) fn into_entries(self) -> Vec<FixEntry> {
        let empty = FixCount::default();
        self.entries.into_values().filter(|entry| entry.count != empty).collect()
    }
}
