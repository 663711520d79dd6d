//! A row of either side in its canonical spelling.

use super::bucket::Digest;
use super::table::TableWork;
use crate::convert::{Reason, copy_text};
use crate::source::Row;

/// Marks a value that has no counterpart on the target; COPY writes no carriage return as such.
const UNFIT: u8 = b'\r';

/// A row, its buffers used again for the next one.
#[derive(Default)]
pub(super) struct SpelledRow {
    /// Its fields, each in its one spelling and followed by a tab.
    line: Vec<u8>,
    /// Where each field ends.
    ends: Vec<usize>,
    key: Vec<u8>,
    scratch: Vec<u8>,
    /// How many values a transform made fit.
    pub(super) altered: u64,
}

/// A field of a [`SpelledRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    /// A value, or NULL, in its one spelling.
    Value(&'a [u8]),
    /// A value that has no counterpart on the target, with the reason's id.
    Unfit(&'a [u8]),
}

impl SpelledRow {
    /// Takes over a row of the source, as the target should have it.
    pub(super) fn read_source(&mut self, table: &TableWork, row: &Row) {
        self.clear();
        let times = table.plan.read_row_times(|place| row.cell(place));
        for (place, column) in table.plan.columns.iter().enumerate() {
            let cell = row.cell(place);
            let start = self.line.len();
            match column.convert_canonical(cell, times, &mut self.scratch, &mut self.line) {
                Ok(None) => {}
                Ok(Some(change)) => self.altered += u64::from(change.is_alteration()),
                Err(reason) => self.mark_unfit(start, reason, cell.unwrap_or_default()),
            }
            self.end_field();
        }
    }

    /// Takes over a line of the target's COPY; `None` where it does not have the columns asked for.
    pub(super) fn read_target(&mut self, table: &TableWork, line: &[u8]) -> Option<()> {
        self.clear();
        let mut rest = line.strip_suffix(b"\n")?;
        let last = table.plan.columns.len().checked_sub(1)?;
        for (place, column) in table.plan.columns.iter().enumerate() {
            let field = if place == last {
                rest
            } else {
                let length = memchr::memchr(copy_text::DELIMITER, rest)?;
                let (field, after) = rest.split_at(length);
                rest = &after[1..];
                field
            };
            column.write_canonical(field, &mut self.line);
            self.end_field();
        }
        Some(())
    }

    fn clear(&mut self) {
        self.line.clear();
        self.ends.clear();
    }

    fn end_field(&mut self) {
        self.ends.push(self.line.len());
        self.line.push(copy_text::DELIMITER);
    }

    /// Two values that do not fit stay two.
    fn mark_unfit(&mut self, start: usize, reason: Reason, cell: &[u8]) {
        self.line.truncate(start);
        self.line.push(UNFIT);
        self.line.extend_from_slice(reason.id().as_bytes());
        self.line.push(UNFIT);
        copy_text::escape(cell, &mut self.line);
    }

    /// What stands for it.
    pub(super) fn digest(&mut self, table: &TableWork) -> Digest {
        match table.key.as_slice() {
            [] => Digest::of_whole(&self.line),
            [place] => Digest::of(self.raw(*place), &self.line),
            places => {
                let mut key = std::mem::take(&mut self.key);
                key.clear();
                for &place in places {
                    key.extend_from_slice(self.raw(place));
                    key.push(copy_text::DELIMITER);
                }
                let digest = Digest::of(&key, &self.line);
                self.key = key;
                digest
            }
        }
    }

    /// A field, by its place in the plan.
    pub(super) fn field(&self, place: usize) -> Field<'_> {
        let raw = self.raw(place);
        match raw.split_first() {
            Some((&UNFIT, marked)) => {
                let end = memchr::memchr(UNFIT, marked).unwrap_or(marked.len());
                Field::Unfit(&marked[..end])
            }
            _ => Field::Value(raw),
        }
    }

    fn raw(&self, place: usize) -> &[u8] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        &self.line[start..self.ends[place]]
    }
}
