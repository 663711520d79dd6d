//! The values of a row, independent of the buffer.

use super::Row;

/// Values of a row, in the form of the text protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    text: Vec<u8>,
    /// The position of each value; `None` for NULL.
    cells: Vec<Option<(usize, usize)>>,
}

impl Record {
    /// Copies these columns of a row, by their index in its table.
    pub(super) fn of(row: &Row<'_>, columns: &[usize]) -> Self {
        let mut text = Vec::with_capacity(row.size());
        let cells = columns.iter().map(|&column| {
            let start = text.len();
            row.append(column, &mut text).then_some((start, text.len()))
        });
        let cells = cells.collect();
        Self { text, cells }
    }

    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// A value, by its index; `None` for NULL.
    #[must_use]
    pub fn value(&self, place: usize) -> Option<&[u8]> {
        let (start, end) = self.cells[place]?;
        Some(&self.text[start..end])
    }
}
