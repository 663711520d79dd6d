//! A line of COPY, written at once or, for large values, in pieces while it is sent.

use super::{copy_text, scalar};

/// The output for cells. Cells that arrive unchanged outlive the line, so that it can refer to them until it
/// is sent.
pub trait Line<'a> {
    /// The text written so far.
    fn text(&mut self) -> &mut Vec<u8>;

    /// Truncates the text to that length.
    fn cut(&mut self, length: usize) {
        self.text().truncate(length);
    }

    /// Appends a cell that needs no escaping.
    fn plain(&mut self, cell: &'a [u8]) {
        self.text().extend_from_slice(cell);
    }

    /// Appends a cell, escaped.
    fn escaped(&mut self, cell: &'a [u8]) {
        copy_text::escape(cell, self.text());
    }

    /// Appends the bytes of a cell in hexadecimal digits.
    fn hexadecimal(&mut self, cell: &'a [u8]) {
        scalar::write_bytes(cell, self.text());
    }
}

impl Line<'_> for Vec<u8> {
    fn text(&mut self) -> &mut Vec<u8> {
        self
    }
}

/// A line with cells that are too large to be in memory twice: they are encoded while they are sent.
#[derive(Debug, Default)]
pub struct LargeLine<'a> {
    text: Vec<u8>,
    /// Each large cell with the position in the text where it belongs.
    held: Vec<(usize, Spelling, &'a [u8])>,
}

#[derive(Debug, Clone, Copy)]
enum Spelling {
    Escaped,
    Hexadecimal,
}

/// The minimum size of a cell that is encoded later.
const HELD: usize = 64 << 10;

impl<'a> Line<'a> for LargeLine<'a> {
    fn text(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }

    fn cut(&mut self, length: usize) {
        self.text.truncate(length);
        self.held.retain(|(place, ..)| *place < length);
    }

    fn plain(&mut self, cell: &'a [u8]) {
        self.escaped(cell);
    }

    fn escaped(&mut self, cell: &'a [u8]) {
        if cell.len() < HELD {
            copy_text::escape(cell, &mut self.text);
        } else {
            self.held.push((self.text.len(), Spelling::Escaped, cell));
        }
    }

    fn hexadecimal(&mut self, cell: &'a [u8]) {
        if cell.len() < HELD {
            scalar::write_bytes(cell, &mut self.text);
        } else {
            self.text.extend_from_slice(scalar::BYTES_FOLLOW);
            self.held.push((self.text.len(), Spelling::Hexadecimal, cell));
        }
    }
}

impl LargeLine<'_> {
    /// The line, in pieces of at most `size` bytes of a cell; each is encoded when it is requested.
    pub fn pieces(&self, size: usize) -> impl Iterator<Item = Vec<u8>> {
        let starts = std::iter::once(0).chain(self.held.iter().map(|(place, ..)| *place));
        let ends = self.held.iter().map(|(place, ..)| *place).chain([self.text.len()]);
        let texts = starts.zip(ends).map(|(start, end)| &self.text[start..end]);
        let held = self.held.iter().map(Some).chain([None]);
        texts.zip(held).flat_map(move |(text, held)| {
            let cell = held.map(|(_, spelling, cell)| (*spelling, *cell));
            let parts = cell.into_iter().flat_map(move |(spelling, cell)| {
                cell.chunks(size).map(move |part| spelling.of(part))
            });
            (!text.is_empty()).then(|| text.to_vec()).into_iter().chain(parts)
        })
    }
}

impl Spelling {
    fn of(self, part: &[u8]) -> Vec<u8> {
        let mut spelled = Vec::new();
        match self {
            Self::Escaped => copy_text::escape(part, &mut spelled),
            Self::Hexadecimal => scalar::write_digits(part, &mut spelled),
        }
        spelled
    }
}

#[cfg(test)]
mod tests {
    use super::{HELD, LargeLine};
    use crate::convert::{Events, Originals, Policy, TablePlan};
    use crate::schema::{Catalog, Column, ColumnType, Table};

    #[test]
    fn a_line_in_pieces_is_the_line() {
        let table = |types: [ColumnType; 4]| {
            let columns = ["a", "b", "c", "d"].into_iter().zip(types);
            let columns = columns.map(|(name, data_type)| Column::of(name, data_type)).collect();
            Table { name: "t".to_owned(), columns, ..Table::default() }
        };
        let source = table(["longtext", "longblob", "json", "text"].map(ColumnType::mysql));
        let target = table(["text", "bytea", "jsonb", "text"].map(ColumnType::postgres));
        let plan = TablePlan::new(&source, &target, &Catalog::default(), |_| Policy::default())
            .expect("a plan");
        let (text, bytes) = ("tab\t\\ü".repeat(HELD / 4), b"\0\xff\\".repeat(HELD / 2));
        let json = format!("[\"{}\"]", "\\\\".repeat(HELD));
        let altered = format!("\0{}", "x\n".repeat(HELD));
        for cells in [
            [text.as_bytes(), &bytes, json.as_bytes(), b"small\t"],
            [b"", &bytes[..HELD], b"{}", text.as_bytes()],
            [b"\t", b"\0", b"[]", altered.as_bytes()],
        ] {
            let mut whole = Vec::new();
            let mut events = Events::new(&plan, Originals::Drop);
            plan.convert_row(cells.map(Some), &mut whole, &mut events).expect("a line");
            let mut large = LargeLine::default();
            plan.convert_row(cells.map(Some), &mut large, &mut events).expect("a line");
            let pieces: Vec<Vec<u8>> = large.pieces(1000).collect();
            assert!(pieces.concat() == whole);
            let failing = [cells[0], cells[1], b"{", cells[3]];
            plan.convert_row(failing.map(Some), &mut large, &mut events).expect_err("no JSON");
            assert!(large.pieces(HELD).collect::<Vec<_>>().concat() == whole);
        }
    }
}
