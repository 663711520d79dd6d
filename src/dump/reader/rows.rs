//! INSERTs, row by row.

use super::{Insert, Reader};
use crate::dump::Error;
use crate::dump::database::{self, charsets};
use crate::dump::insert::Head;
use crate::dump::lexer::words;
use crate::dump::message::{self, Line};
use crate::dump::program::Program;
use crate::dump::row::{self, Stop};

/// The number of bytes that show what follows the rows.
const FRONT: usize = 64;
/// The maximum length of a program's message.
const MESSAGE: usize = 8192;
/// The maximum length of the path of a program that printed a message.
const LONGEST_PATH: usize = 4096;
/// The maximum length of the head of an INSERT.
const HEAD: usize = 256 * 1024;

/// Whether text after the last row begins a clause of the INSERT.
fn is_rest(text: &[u8]) -> bool {
    let front = String::from_utf8_lossy(&text[..text.len().min(FRONT)]);
    words(&front, "ON DUPLICATE").is_some() || words(&front, "AS").is_some()
}

impl Reader {
    /// The length of the next row of the current INSERT; `None` at its end.
    pub(super) fn row(&mut self) -> Result<Option<usize>, Error> {
        loop {
            if !self.skip_blanks()? {
                self.give_up()?;
                return Ok(None);
            }
            let text = self.window.text();
            match text[0] {
                b'(' => return self.parse_row(),
                b',' => self.window.consume(1),
                _ if text.starts_with(&self.state.delimiter) => {
                    self.window.consume(self.state.delimiter.len());
                    self.end_insert();
                    return Ok(None);
                }
                byte if byte.is_ascii_alphabetic() || b"/[".contains(&byte) => {
                    while self.window.text().len() < FRONT && self.window.more()? {}
                    // `ON DUPLICATE KEY …`: the rest of the statement has no effect.
                    if is_rest(self.window.text()) {
                        self.end_insert();
                        return Ok(None);
                    }
                    self.interruption()?;
                }
                _ => return Err(self.malformed(0, "a row, a comma or the end of the statement")),
            }
        }
    }

    /// Reads a line that a program printed between two rows; rejects any other.
    fn interruption(&mut self) -> Result<(), Error> {
        while memchr::memchr(b'\n', self.window.text()).is_none() && self.window.more()? {}
        let text = self.window.text();
        let line = text[..text.len().min(HEAD)].split(|byte| *byte == b'\n').next();
        match message::read(&String::from_utf8_lossy(line.unwrap_or_default())) {
            Line::Foreign => Err(self.malformed(0, "a row, a comma or the end of the statement")),
            _ => self.stray_line(),
        }
    }

    fn parse_row(&mut self) -> Result<Option<usize>, Error> {
        loop {
            let text = self.window.text();
            let parsed = row::parse(text, self.state.session.backslash, &mut self.cells);
            let seen = match parsed {
                Ok(length) => length,
                // Quotes in a message may hide the end of the row.
                Err(Stop::Incomplete) => text.len(),
                // Its first word is where the row cannot be read.
                Err(Stop::Malformed(place)) => text.len().min(place + LONGEST_PATH),
            };
            #[cfg(test)]
            {
                self.scanned += seen;
            }
            if self.cut_out_message(seen) {
                continue;
            }
            match parsed {
                Ok(length) => {
                    let number = self.check_width()?;
                    self.recognise_quotes();
                    self.places[number].0.add_row();
                    return Ok(Some(length));
                }
                Err(Stop::Incomplete) => {
                    if !self.more()? {
                        self.give_up()?;
                        return Ok(None);
                    }
                }
                Err(Stop::Malformed(place)) => {
                    // The rest of a message may not be in the buffer yet.
                    let is_short = self.window.text().len() < place + MESSAGE;
                    if !is_short || !self.window.more()? {
                        return Err(self.malformed(place, "a value"));
                    }
                }
            }
        }
    }

    /// Only mydumper writes text in double quotes.
    fn recognise_quotes(&mut self) {
        if self.cells.iter().any(row::Cell::is_double_quoted) {
            self.header.parts.recognise(Program::mydumper());
        }
    }

    fn end_insert(&mut self) {
        if let Some(insert) = self.insert.take() {
            self.places[insert.number].0.end(self.window.offset());
            self.last = Some(insert.number);
        }
    }

    /// The number of the row's table, if it has the right number of values.
    fn check_width(&mut self) -> Result<usize, Error> {
        let insert = self.insert.as_mut().expect("a row is one of an INSERT");
        if self.cells.len() == insert.width || insert.width == 0 {
            return Ok(insert.number);
        }
        let known = self.known.get(&(insert.database, insert.table.clone()));
        let known = known.filter(|_| insert.is_implicit);
        if let Some((known, places)) =
            known.and_then(|known| Some((known, known.values.places(self.cells.len())?)))
        {
            self.places[insert.number].1.add(&known.table, &places, &self.state.session);
            (insert.places, insert.width) = (places, self.cells.len());
            return Ok(insert.number);
        }
        Err(Error::RowWidth {
            table: insert.table.clone(),
            offset: self.window.offset(),
            values: self.cells.len(),
            columns: insert.width,
        })
    }

    pub(super) fn begin_insert(&mut self) -> Result<(), Error> {
        let head = loop {
            let text = self.window.text();
            let piece = &text[..text.len().min(HEAD)];
            let piece = match std::str::from_utf8(piece) {
                Ok(piece) => piece,
                Err(error) => {
                    std::str::from_utf8(&piece[..error.valid_up_to()]).unwrap_or_default()
                }
            };
            if let Some(head) = Head::read(piece) {
                break head;
            }
            if text.len() >= HEAD {
                return Err(self.malformed(0, "an INSERT of rows"));
            }
            if !self.window.more()? {
                return self.give_up();
            }
        };
        let database = head.database.as_deref().map_or(self.current, |name| self.find(name));
        let Some(known) = self.known.get(&(database, head.table.clone())) else {
            return Err(Error::NoDefinition { table: head.table });
        };
        let columns = &known.table.columns;
        let session = &self.state.session;
        if let Some(name) = database::lossy_charset(&known.table, session.charset) {
            self.header.lossy_character_set.get_or_insert(name);
        }
        self.header.is_character_set_unknown |=
            !session.is_charset_stated && database::holds_text(&known.table);
        self.header.parts.table(&head.table, self.window.offset());
        let place = |column: &str| {
            let listed = head.columns.as_ref()?;
            listed.iter().position(|name| name.eq_ignore_ascii_case(column))
        };
        let places: Vec<Option<usize>> = match &head.columns {
            None => known.values.places(known.values.defined()).unwrap_or_default(),
            Some(_) => columns.iter().map(|column| place(&column.name)).collect(),
        };
        let number = known.number;
        let (extent, gaps) = &mut self.places[number];
        extent.begin(self.window.offset(), self.last == Some(number), &self.state);
        gaps.add(&known.table, &places, &self.state.session);
        self.insert = Some(Insert {
            number,
            database,
            is_implicit: head.columns.is_none(),
            width: head.columns.as_ref().map_or(known.values.defined(), Vec::len),
            charsets: charsets(&known.table, self.state.session.charset),
            table: head.table,
            places,
        });
        self.window.consume(head.length);
        Ok(())
    }
}
