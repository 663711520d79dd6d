//! A part of a table's rows.

use std::ops;

use crate::mysql::Range;

/// A part of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Of a server: those with keys of a range.
    Keys(Range),
    /// Of a dump: those that stand in these bytes of its plain text.
    Bytes(ops::Range<u64>),
}

impl Default for Part {
    /// All rows, of a server.
    fn default() -> Self {
        Self::Keys(Range::default())
    }
}
