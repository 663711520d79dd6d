//! The size of the copy, with estimates of time and disk space.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Disposition, InventoryEntry};

/// The size of the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Size {
    /// The rows of all copied tables.
    pub rows: u64,
    /// Their size in bytes without indexes, as the source's server estimates it.
    pub bytes: u64,
    /// The estimated duration of the copy in seconds, for one core; not a guarantee.
    pub copy_seconds: u64,
    /// The estimated disk space on the target in bytes, including indexes and write-ahead log.
    pub target_bytes: u64,
}

/// Copy rates per second.
const ROWS_A_SECOND: u64 = 100_000;
const BYTES_A_SECOND: u64 = 30_000_000;
/// The overhead of a row on PostgreSQL: header and line pointer (manual, "Database Page Layout"), and
/// entries in some indexes.
const BYTES_A_ROW: u64 = 28 + 4 * 40;

impl Size {
    /// The sum of the tables.
    #[must_use]
    pub fn of(tables: &[InventoryEntry]) -> Self {
        let copied = || tables.iter().filter(|entry| entry.disposition == Disposition::Copied);
        let rows: u64 = copied().map(|entry| entry.rows).sum();
        let bytes: u64 = copied().map(|entry| entry.bytes).sum();
        Self {
            rows,
            bytes,
            copy_seconds: (rows / ROWS_A_SECOND).max(bytes / BYTES_A_SECOND) + 1,
            target_bytes: 2 * bytes + rows * BYTES_A_ROW,
        }
    }
}
