//! A row of an INSERT: the positions of its values, and their meaning.

mod parse;

use std::borrow::Cow;

pub(super) use parse::parse;

use super::charset::Charset;
use super::escape::{self, Backslash};

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Null,
    /// As the server prints it: a number.
    Plain,
    /// In quotes, with the character set before it.
    Quoted {
        quote: u8,
        escaped: bool,
        charset: Option<Charset>,
    },
    Hexadecimal,
    Bits,
}

/// The position of a value in the text of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    start: usize,
    end: usize,
    form: Form,
}

impl Cell {
    /// Whether it is text in double quotes.
    pub(super) fn is_double_quoted(&self) -> bool {
        matches!(self.form, Form::Quoted { quote: b'"', .. })
    }
}

/// Why a row cannot be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Its end is not in the buffer.
    Incomplete,
    /// There is something unexpected at that position.
    Malformed(usize),
}

/// A row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub(super) text: &'a [u8],
    pub(super) cells: &'a [Cell],
    /// For each column of the table, the index of its value among the cells.
    pub(super) places: &'a [Option<usize>],
    /// For each column of the table, the encoding of its text.
    pub(super) charsets: &'a [Charset],
    pub(super) backslash: Backslash,
}

impl<'a> Row<'a> {
    /// The size in the dump, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// Whether its text is ASCII only.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// Whether the row has a value or NULL for a column, by its index in the table.
    #[must_use]
    pub fn has(&self, column: usize) -> bool {
        self.places.get(column).copied().flatten().is_some()
    }

    /// The value of a column, by its index in the table, in the form of the text protocol; `None` for NULL,
    /// and for a column that the dump leaves out. `scratch` is a buffer for building it.
    #[must_use]
    pub fn value<'b>(&self, column: usize, scratch: &'b mut Vec<u8>) -> Option<&'b [u8]>
    where
        'a: 'b,
    {
        let cell = self.cell(column)?;
        if self.is_plain(column, cell) {
            return Some(&self.text[cell.start..cell.end]);
        }
        scratch.clear();
        self.write(column, cell, scratch);
        Some(scratch)
    }

    /// Appends the value of a column; false, and nothing, for NULL.
    pub(super) fn append(&self, column: usize, out: &mut Vec<u8>) -> bool {
        let Some(cell) = self.cell(column) else { return false };
        self.write(column, cell, out);
        true
    }

    /// The position of a column's value; `None` for NULL.
    fn cell(&self, column: usize) -> Option<Cell> {
        let cell = self.cells[self.places.get(column).copied().flatten()?];
        (cell.form != Form::Null).then_some(cell)
    }

    /// Whether the text is the value.
    fn is_plain(&self, column: usize, cell: Cell) -> bool {
        match cell.form {
            Form::Null | Form::Plain => true,
            Form::Quoted { escaped, charset, .. } => {
                !escaped && charset.unwrap_or(self.charsets[column]) != Charset::Latin1
            }
            Form::Hexadecimal | Form::Bits => false,
        }
    }

    fn write(&self, column: usize, cell: Cell, out: &mut Vec<u8>) {
        let text = &self.text[cell.start..cell.end];
        match cell.form {
            Form::Null | Form::Plain => out.extend_from_slice(text),
            Form::Quoted { quote, charset, .. } => {
                let start = out.len();
                escape::unescape(text, quote, self.backslash, out);
                let charset = charset.unwrap_or(self.charsets[column]);
                if let Cow::Owned(decoded) = charset.decode(&out[start..]) {
                    out.truncate(start);
                    out.extend_from_slice(&decoded);
                }
            }
            Form::Hexadecimal => {
                let odd = text.len() % 2;
                out.extend(text[..odd].iter().map(|&digit| nibble(digit)));
                let pairs = text[odd..].chunks_exact(2);
                out.extend(pairs.map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])));
            }
            Form::Bits => {
                let bytes = text.rchunks(8).rev();
                let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
                out.extend(bytes.map(byte));
            }
        }
    }
}

fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::{Backslash, Charset, Row, Stop, parse};

    fn values(text: &[u8]) -> Result<Vec<Option<Vec<u8>>>, Stop> {
        let mut cells = Vec::new();
        let length = parse(text, Backslash::Escapes, &mut cells)?;
        let places: Vec<Option<usize>> = (0..cells.len()).map(Some).collect();
        let row = Row {
            text: &text[..length],
            cells: &cells,
            places: &places,
            charsets: &vec![Charset::Utf8; cells.len()],
            backslash: Backslash::Escapes,
        };
        let value = |column| row.value(column, &mut Vec::new()).map(<[u8]>::to_vec);
        Ok((0..cells.len()).map(value).collect())
    }

    #[test]
    fn every_spelling_of_a_value_is_read() {
        let text = b"( NULL,-1.5e+7 ,'it\\'s',0xC3a9,X'00ff',_binary '\\0\xff',_latin1'\xe9',\
                     _utf8mb4 X'41',b'1',0b101,N'x','',0,\"it's\\\"\",CONVERT(\"{}\" USING UTF8MB4))";
        let expected: [Option<&[u8]>; 15] = [
            None,
            Some(b"-1.5e+7"),
            Some(b"it's"),
            Some("é".as_bytes()),
            Some(b"\0\xff"),
            Some(b"\0\xff"),
            Some("é".as_bytes()),
            Some(b"A"),
            Some(&[1]),
            Some(&[5]),
            Some(b"x"),
            Some(b""),
            Some(b"0"),
            Some(b"it's\""),
            Some(b"{}"),
        ];
        let read = values(text).expect("a row");
        assert_eq!(read.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_cut_of_a_row_is_incomplete_and_nothing_worse() {
        let text = b"(NULL,-1,'a\\'b''c',0x41,X'00',_binary 'x')";
        for length in 1..text.len() {
            assert_eq!(values(&text[..length]), Err(Stop::Incomplete), "{length}");
        }
        assert!(values(text).is_ok());
    }

    #[test]
    fn what_no_dump_writes_is_refused_where_it_stands() {
        for (text, place) in
            [(&b"(NOW(),1)"[..], 1), (b"(1 2)", 3), (b"(0xZZ)", 3), (b"(_gbk 'x')", 1), (b"(;)", 1)]
        {
            assert_eq!(values(text), Err(Stop::Malformed(place)));
        }
    }
}
