//! A row of either kind of source.

use crate::dump::Record;
use crate::mysql::{self, Value};

/// A row, its cells as the text protocol delivers them.
#[derive(Debug)]
pub enum Row {
    /// As a server sent it.
    Sent(mysql::Row),
    /// As it stands in a dump.
    Dumped(Record),
}

impl Row {
    /// A cell, by its place among the columns that were asked for; `None` for NULL.
    #[must_use]
    pub fn cell(&self, place: usize) -> Option<&[u8]> {
        match self {
            Self::Sent(row) => match row.as_ref(place) {
                Some(Value::Bytes(bytes)) => Some(bytes),
                _ => None,
            },
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

    /// How many bytes its cells have.
    #[must_use]
    pub fn size(&self) -> usize {
        self.cells().flatten().map(<[u8]>::len).sum()
    }
}
