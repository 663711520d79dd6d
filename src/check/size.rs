//! How much there is to move, and about what it takes.

use serde::Serialize;

use super::{Disposition, InventoryEntry};

/// How much is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Size {
    /// The rows of all tables that are copied.
    pub rows: u64,
    /// Their bytes, as the source's server estimates them, without indexes.
    pub bytes: u64,
    /// About how long the copy takes, in seconds: a guess from what one core moves, not a guarantee.
    pub copy_seconds: u64,
    /// About how many bytes of disk the target takes, indexes and write-ahead log included.
    pub target_bytes: u64,
}

/// Rows and bytes that are copied in a second.
const ROWS_A_SECOND: u64 = 100_000;
const BYTES_A_SECOND: u64 = 30_000_000;
/// What a row costs on PostgreSQL beside its values: header and line pointer (manual, "Database Page
/// Layout"), and entries in some indexes.
const BYTES_A_ROW: u64 = 28 + 4 * 40;

impl Size {
    /// Adds the tables up.
    #[must_use]
    pub fn of(tables: &[InventoryEntry]) -> Self {
        let copied = || tables.iter().filter(|entry| entry.fate == Disposition::Copied);
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
