//! A row of either kind of source.

use crate::dump::Record;
use crate::mysql;

/// A row, with cells in the form of the text protocol.
#[derive(Debug)]
pub enum Row {
    /// From a server.
    Sent(mysql::Row),
    /// From a dump.
    Dumped(Record),
}

impl Row {
    /// A cell, by its index among the requested columns; `None` for NULL.
    #[must_use]
    pub fn cell(&self, place: usize) -> Option<&[u8]> {
        match self {
            Self::Sent(row) => mysql::cell(row, place),
            Self::Dumped(record) => record.value(place),
        }
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let count = match self {
            Self::Sent(row) => row.len(),
            Self::Dumped(record) => record.len(),
        };
        (0..count).map(|place| self.cell(place))
    }

    /// The size of the cells in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.cells().flatten().map(<[u8]>::len).sum()
    }
}
