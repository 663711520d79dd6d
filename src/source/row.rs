//! A row of either kind of source.

use crate::dump::Record;
use crate::mysql;

/// A row, with cells in the form of the text protocol.
#[derive(Debug)]
pub struct Row(Kind);

#[derive(Debug)]
enum Kind {
    Server(mysql::Row),
    Dump(Record),
}

impl From<mysql::Row> for Row {
    fn from(row: mysql::Row) -> Self {
        Self(Kind::Server(row))
    }
}

impl From<Record> for Row {
    fn from(record: Record) -> Self {
        Self(Kind::Dump(record))
    }
}

impl Row {
    /// A cell, by its index among the requested columns; `None` for NULL.
    #[must_use]
    pub fn cell(&self, place: usize) -> Option<&[u8]> {
        match &self.0 {
            Kind::Server(row) => mysql::cell(row, place),
            Kind::Dump(record) => record.value(place),
        }
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let count = match &self.0 {
            Kind::Server(row) => row.len(),
            Kind::Dump(record) => record.len(),
        };
        (0..count).map(|place| self.cell(place))
    }

    /// The size of the cells in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.cells().flatten().map(<[u8]>::len).sum()
    }
}
