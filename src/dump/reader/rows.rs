//! INSERTs, row by row.

use super::{Insert, Reader};
use crate::dump::Error;
use crate::dump::database::{self, charsets};
use crate::dump::insert::Head;
use crate::dump::row::{self, Stop};

/// The head of an INSERT is no longer than this.
const HEAD: usize = 256 * 1024;

impl Reader {
    /// The length of the next row of the current INSERT; `None` where that has ended.
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
                // `ON DUPLICATE KEY …`: the rest is a statement of no consequence.
                b'O' | b'o' => {
                    self.end_insert();
                    return Ok(None);
                }
                _ => return Err(self.malformed(0, "a row, a comma or the end of the statement")),
            }
        }
    }

    fn parse_row(&mut self) -> Result<Option<usize>, Error> {
        loop {
            match row::parse(self.window.text(), self.state.session.backslash, &mut self.cells) {
                Ok(length) => {
                    let number = self.check_width()?;
                    self.places[number].0.add_row();
                    return Ok(Some(length));
                }
                Err(Stop::Incomplete) => {
                    if !self.window.more()? {
                        self.give_up()?;
                        return Ok(None);
                    }
                }
                Err(Stop::Malformed(place)) => return Err(self.malformed(place, "a value")),
            }
        }
    }

    fn end_insert(&mut self) {
        if let Some(insert) = self.insert.take() {
            self.places[insert.number].0.end(self.window.offset());
            self.last = Some(insert.number);
        }
    }

    /// The number of the row's table, where it has as many values as it should.
    fn check_width(&self) -> Result<usize, Error> {
        let insert = self.insert.as_ref().expect("a row is one of an INSERT");
        if self.cells.len() == insert.width || insert.width == 0 {
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
        self.header.is_lossy |= database::loses(&known.table, self.state.session.charset);
        let place = |column: &str| {
            let listed = head.columns.as_ref()?;
            listed.iter().position(|name| name.eq_ignore_ascii_case(column))
        };
        let places: Vec<Option<usize>> = match &head.columns {
            None => (0..columns.len()).map(Some).collect(),
            Some(_) => columns.iter().map(|column| place(&column.name)).collect(),
        };
        let number = known.number;
        let (extent, gaps) = &mut self.places[number];
        extent.begin(self.window.offset(), self.last == Some(number), &self.state);
        gaps.add(&known.table, &places, &self.state.session);
        self.insert = Some(Insert {
            number,
            width: head.columns.as_ref().map_or(columns.len(), Vec::len),
            charsets: charsets(&known.table, self.state.session.charset),
            table: head.table,
            places,
        });
        self.window.consume(head.length);
        Ok(())
    }
}
