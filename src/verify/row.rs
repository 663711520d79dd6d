//! A row of either side in canonical form.

use super::bucket::Digest;
use super::repeats::Repeats;
use super::table::TableWork;
use crate::convert::{ColumnPlan, Reason, copy_text};
use crate::mysql::{RowSummer, TableSum};
use crate::source::Row;

/// Marks a value without a counterpart on the target; COPY never writes a carriage return as such.
const UNFIT: u8 = b'\r';

/// A row, whose buffers are reused for the next one.
#[derive(Default)]
pub(super) struct SpelledRow {
    /// The fields in canonical form, each followed by a tab.
    line: Vec<u8>,
    /// The end of each field, or only of the first ones.
    ends: Vec<usize>,
    key: Vec<u8>,
    scratch: Vec<u8>,
    repeats: Repeats,
    summer: RowSummer,
    counts: ReadCounts,
}

/// What happened to rows of the source as they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ReadCounts {
    /// The number of values that a transform changed.
    pub(super) altered: u64,
    /// How many rows a decision leaves out.
    pub(super) left_out: u64,
    /// The sum of the rows, if the table is summed up by its readers.
    pub(super) sum: TableSum,
}

impl ReadCounts {
    /// Adds another part's.
    pub(super) fn add(&mut self, other: Self) {
        self.altered += other.altered;
        self.left_out += other.left_out;
        self.sum.add(other.sum);
    }
}

/// A field of a row in canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    /// A value or NULL in canonical form.
    Value(&'a [u8]),
    /// A value without a counterpart on the target, with the id of the reason.
    Unfit(&'a [u8]),
}

impl SpelledRow {
    /// Takes over a row of the source, as the target should have it; `false` if a decision leaves it out.
    pub(super) fn read_source(&mut self, table: &TableWork, row: &Row) -> bool {
        self.clear();
        if let Some(columns) = &table.summed {
            let cells = columns.iter().map(|&(place, form)| (form, row.cell(place)));
            self.summer.add_row(cells);
        }
        let times = table.plan.read_row_times(|place| row.cell(place));
        let mut altered = 0;
        let mut fits = true;
        for (place, column) in table.plan.columns.iter().enumerate() {
            let cell = row.cell(place);
            let start = self.line.len();
            let parsed = cell.filter(|_| column.is_parsed());
            if let Some(canonical) = parsed.and_then(|value| self.repeats.find(place, value)) {
                self.line.extend_from_slice(canonical);
                self.end_field();
                continue;
            }
            match column.convert_canonical(cell, times, &mut self.scratch, &mut self.line) {
                Ok(None) => {
                    if let Some(value) = parsed {
                        self.repeats.keep(place, value, &self.line[start..]);
                    }
                }
                Ok(Some(change)) => altered += u64::from(change.is_alteration()),
                // As in the copy, the first value that does not fit decides.
                Err(reason) if fits && column.leaves_out(reason) => {
                    self.counts.left_out += 1;
                    return false;
                }
                Err(reason) => {
                    fits = false;
                    self.mark_unfit(start, reason, cell.unwrap_or_default());
                }
            }
            self.end_field();
        }
        self.counts.altered += altered;
        true
    }

    /// What happened to the rows that were read.
    pub(super) fn counts(&self) -> ReadCounts {
        ReadCounts { sum: self.summer.sum(), ..self.counts }
    }

    /// Reads a line of the target's COPY; `None` if it does not have the requested columns.
    pub(super) fn read_target(&mut self, table: &TableWork, line: &[u8]) -> Option<()> {
        self.clear();
        let line = line.strip_suffix(b"\n")?;
        let last = table.plan.columns.len().checked_sub(1)?;
        let all_canonical = !copy_text::may_have_backspace(line);
        let mut start = 0;
        // Fields in canonical form are taken over together: those from here to `start` are not yet.
        let mut pending = 0;
        for (place, column) in table.plan.columns.iter().enumerate() {
            if all_canonical && place >= table.canonical_from {
                // Only a description of the row needs the ends of the other fields.
                break;
            }
            let end = if place == last {
                line.len()
            } else {
                start + memchr::memchr(copy_text::DELIMITER, &line[start..])?
            };
            if all_canonical && table.printed_canonically[place] {
                self.ends.push(self.line.len() + end - pending);
            } else {
                self.line.extend_from_slice(&line[pending..start]);
                self.write_canonical(place, column, &line[start..end]);
                self.end_field();
                pending = end + 1;
            }
            start = end + 1;
        }
        if pending <= line.len() {
            self.line.extend_from_slice(&line[pending..]);
            self.line.push(copy_text::DELIMITER);
        }
        Some(())
    }

    /// Appends the canonical form of a field of the target.
    fn write_canonical(&mut self, place: usize, column: &ColumnPlan, field: &[u8]) {
        if !column.is_parsed() {
            column.write_canonical(field, &mut self.line);
        } else if let Some(canonical) = self.repeats.find(place, field) {
            self.line.extend_from_slice(canonical);
        } else {
            let start = self.line.len();
            column.write_canonical(field, &mut self.line);
            self.repeats.keep(place, field, &self.line[start..]);
        }
    }

    fn clear(&mut self) {
        self.line.clear();
        self.ends.clear();
    }

    fn end_field(&mut self) {
        self.ends.push(self.line.len());
        self.line.push(copy_text::DELIMITER);
    }

    /// Different values that do not fit stay different.
    fn mark_unfit(&mut self, start: usize, reason: Reason, cell: &[u8]) {
        self.line.truncate(start);
        self.line.push(UNFIT);
        self.line.extend_from_slice(reason.id().as_bytes());
        self.line.push(UNFIT);
        copy_text::escape(cell, &mut self.line);
    }

    /// The digest of the row.
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

    /// A field, by its index in the plan.
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
        let start_of =
            |place: usize| place.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        if let Some(&end) = self.ends.get(place) {
            return &self.line[start_of(place)..end];
        }
        let known = self.ends.len();
        let mut rest = self.line[start_of(known)..].split(|&byte| byte == copy_text::DELIMITER);
        rest.nth(place - known).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, SpelledRow};
    use crate::convert::{Policy, TablePlan};
    use crate::mysql::TableSize;
    use crate::schema::{Catalog, Column, ColumnType, Index, Role, Table};
    use crate::verify::table::TableWork;

    /// A table whose key is its first column, `a`.
    fn work(columns: &[(&str, &str)]) -> TableWork {
        let primary = Index {
            name: "PRIMARY".to_owned(),
            table: "t".to_owned(),
            role: Role::PrimaryKey,
            unique: true,
            columns: vec!["a".to_owned()],
            method: "btree".to_owned(),
            parser: None,
            definition: None,
        };
        let table = |types: Vec<ColumnType>| Table {
            name: "t".to_owned(),
            columns: types
                .into_iter()
                .zip('a'..)
                .map(|(of, name)| Column::of(name.to_string(), of))
                .collect(),
            indexes: [("PRIMARY".to_owned(), primary.clone())].into(),
            ..Table::default()
        };
        let source = table(columns.iter().map(|types| ColumnType::mysql(types.0)).collect());
        let target = table(columns.iter().map(|types| ColumnType::postgres(types.1)).collect());
        let plan = TablePlan::new(&source, &target, &Catalog::default(), |_| Policy::default());
        let work =
            TableWork::new(plan.expect("a plan"), &source, &target, TableSize::default(), None);
        assert_eq!(work.key, [0]);
        work
    }

    #[test]
    fn every_field_of_a_line_is_found() {
        let text = ("text", "text");
        let json = ("json", "jsonb");
        let (work_of_json, work_of_text) = (work(&[text, json, text, text]), work(&[text; 4]));
        for (table, line, fields) in [
            (&work_of_json, "k\t{\"b\": 1}\tx\ty\n", ["k", "{\"b\":1}", "x", "y"]),
            (&work_of_json, "k\t\\N\t\\N\t\n", ["k", "\\N", "\\N", ""]),
            (&work_of_json, "k\t{}\ta\\bc\tline\\n\n", ["k", "{}", "a\u{8}c", "line\\n"]),
            (&work_of_text, "k\t\t\t\n", ["k", "", "", ""]),
            (&work_of_text, "k\ta\\\\b\t\tz\n", ["k", "a\\\\b", "", "z"]),
            (&work_of_text, "k\ta\\\\\\b\t\tz\n", ["k", "a\\\\\u{8}", "", "z"]),
        ] {
            let mut row = SpelledRow::default();
            // The second time, the buffers hold the row before.
            for _ in 0..2 {
                row.read_target(table, line.as_bytes()).expect("a row");
                assert_eq!(row.line, format!("{}\t", fields.join("\t")).as_bytes(), "{line}");
                for (place, field) in fields.iter().enumerate() {
                    assert_eq!(row.field(place), Field::Value(field.as_bytes()), "{line}: {place}");
                }
            }
        }
    }

    #[test]
    fn a_line_without_the_fields_that_matter_is_none() {
        let table = work(&[("text", "text"), ("json", "jsonb"), ("text", "text")]);
        for line in ["k\t{}\tx", "k\n", "\n"] {
            assert_eq!(SpelledRow::default().read_target(&table, line.as_bytes()), None);
        }
    }
}
