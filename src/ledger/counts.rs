//! Counts of what a copy did with the rows of a table or a part.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// How often each transform was used, by the source's column and the transform's id.
pub type Changes = BTreeMap<String, BTreeMap<String, u64>>;

/// Rows, bytes, seconds and transforms.
#[derive(Debug, Clone, PartialEq, Default, Serialize, JsonSchema)]
pub struct CopyCounts {
    /// Rows that the source gave.
    pub rows_read: u64,
    /// Rows that the target took.
    pub rows_written: u64,
    /// Rows that went into the quarantine instead.
    pub rows_quarantined: u64,
    /// Rows that went into the quarantine because a decision leaves them out.
    pub rows_left_out: u64,
    /// Bytes that were sent to the target.
    pub bytes: u64,
    /// The time it took; parts that ran at the same time count each for itself.
    pub seconds: f64,
    /// The transforms that values went through.
    pub changes: Changes,
}

impl CopyCounts {
    /// Adds another part's.
    pub fn add(&mut self, other: &Self) {
        self.rows_read += other.rows_read;
        self.rows_written += other.rows_written;
        self.rows_quarantined += other.rows_quarantined;
        self.rows_left_out += other.rows_left_out;
        self.bytes += other.bytes;
        self.seconds += other.seconds;
        for (column, transforms) in &other.changes {
            let own = self.changes.entry(column.clone()).or_default();
            for (transform, count) in transforms {
                *own.entry(transform.clone()).or_default() += count;
            }
        }
    }
}
