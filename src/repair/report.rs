//! The outcome of a repair.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::{Class, Key, Rule};

/// The version of the report's JSON form.
pub const FIX_VERSION: u32 = 1;

/// The most keys of undecided rows of an entry.
const KEYS: usize = 100;
/// The most changes of an entry that a dry run shows.
const PREVIEWS: usize = 3;

/// The outcome of a repair, or what a dry run would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FixReport {
    /// The version of this form.
    pub version: u32,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The file with the originals, if anything was changed or removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<PathBuf>,
    /// The changes, by place and rule.
    pub entries: Vec<FixEntry>,
}

/// The changes at one place for one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FixEntry {
    pub class: Class,
    pub rule: Rule,
    /// The table, as the source spells it.
    pub table: String,
    /// The column; `None` for a whole table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The counts of changes.
    #[serde(flatten)]
    pub count: FixCount,
    /// The keys of the first undecided rows, never a cell's value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_keys: Vec<Key>,
    /// The first changes that a dry run would make.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub previews: Vec<Preview>,
    /// Why a table or a column was left, if the server gave a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A change that a dry run would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Preview {
    /// The key of the row; empty for a table without one.
    pub key: Key,
    /// The characters of the value, or the bytes of what is no text; `None` for NULL.
    pub old_length: Option<usize>,
    pub new_length: Option<usize>,
    /// The beginnings of the values, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// The number of changes of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct FixCount {
    /// Values that were altered.
    pub altered: u64,
    /// Rows that were deleted.
    pub deleted: u64,
    /// Tables and columns that were dropped.
    pub dropped: u64,
    /// Rows, tables and columns that need an administrator's decision.
    pub left: u64,
    /// Rows that the repair should have cleared and that its own check still finds.
    pub unfinished: u64,
}

impl FixReport {
    /// Whether the repair cleared everything that it should.
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

/// The entries of a report while it is built.
#[derive(Debug, Default)]
pub(super) struct Counts {
    entries: BTreeMap<Place, FixEntry>,
}

impl Counts {
    /// The counts of a place.
    pub(super) fn of(&mut self, place: Place) -> &mut FixCount {
        &mut self.entry(place).count
    }

    /// Records a row that needs a decision.
    pub(super) fn leave(&mut self, place: Place, key: impl FnOnce() -> Key) {
        let entry = self.entry(place);
        entry.count.left += 1;
        if entry.left_keys.len() < KEYS {
            // A row of a table without a key cannot be named.
            entry.left_keys.extend(Some(key()).filter(|key| !key.is_empty()));
        }
    }

    /// Records a change that would be made, if few are recorded.
    pub(super) fn preview(&mut self, place: Place, preview: impl FnOnce() -> Preview) {
        let entry = self.entry(place);
        if entry.previews.len() < PREVIEWS {
            entry.previews.push(preview());
        }
    }

    /// Records a table or a column that needs a decision.
    pub(super) fn leave_whole(&mut self, place: Place, note: String) {
        let entry = self.entry(place);
        entry.count.left += 1;
        entry.note = Some(note);
    }

    /// The number of rows that should have been cleared and were not.
    pub(super) fn unfinished(&self) -> u64 {
        self.entries.values().map(|entry| entry.count.unfinished).sum()
    }

    /// Adds the entries of another count.
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
            previews: Vec::new(),
            note: None,
        })
    }

    pub(super) fn into_entries(self) -> Vec<FixEntry> {
        let empty = FixCount::default();
        self.entries.into_values().filter(|entry| entry.count != empty).collect()
    }
}
