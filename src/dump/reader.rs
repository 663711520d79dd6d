//! Reads a dump from start to end, statement by statement and row by row.

mod pieces;
mod rows;
mod statements;

use std::collections::HashMap;

use super::charset::Charset;
use super::contents::Gaps;
use super::definition::Values;
use super::part::Part;
use super::row::Cell;
use super::span::{Extent, State};
use super::window::Window;
use super::{Database, Error, Header, Input, Row, lexer};
use crate::schema::Table;

/// The next item of a dump.
#[derive(Debug)]
pub enum Event<'a> {
    /// The definition of a table. Its rows, if any, come later under the same number.
    Table {
        /// The unique number of the definition.
        number: usize,
        /// The name of its database.
        database: &'a str,
        /// Its definition.
        table: &'a Table,
        /// What the dump has stated about itself so far.
        header: &'a Header,
    },
    /// A row.
    Row {
        /// The number of its table.
        number: usize,
        row: Row<'a>,
    },
}

/// How a dump ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With its closing line, or between statements if none is expected.
    Complete,
    /// Between statements, without the closing line, at that byte.
    NoClosingLine(u64),
    /// Within the statement that begins at that byte.
    Unfinished(u64),
}

/// A table that can receive rows.
#[derive(Debug)]
struct Known {
    number: usize,
    table: Table,
    values: Values,
}

/// An INSERT whose rows are being read.
#[derive(Debug)]
struct Insert {
    number: usize,
    database: usize,
    table: String,
    places: Vec<Option<usize>>,
    charsets: Vec<Charset>,
    width: usize,
    /// Whether it lists no columns.
    is_implicit: bool,
}

enum Step {
    Defined(String),
    Row(usize),
    End,
}

/// A dump being read.
#[derive(Debug)]
pub struct Reader {
    window: Window,
    state: State,
    header: Header,
    databases: Vec<Database>,
    current: usize,
    /// By number of the database and name of the table.
    known: HashMap<(usize, String), Known>,
    /// By number of the table, the positions of its rows, and what its INSERTs lack.
    places: Vec<(Extent, Gaps)>,
    insert: Option<Insert>,
    /// The number of the table of the last INSERT, if no other relevant statement came since.
    last: Option<usize>,
    /// The position at which to end, between statements.
    until: u64,
    cells: Vec<Cell>,
    /// The length of the last event's text, which is discarded before the next event.
    taken: usize,
    has_begun: bool,
    /// The line of the last warning of a program.
    last_warning: Option<u64>,
    ending: Option<Ending>,
    /// The number of bytes that were searched for statements and rows.
    #[cfg(test)]
    scanned: usize,
}

impl Reader {
    /// Reads from the start of a dump.
    #[must_use]
    pub fn new(input: Input) -> Self {
        Self {
            window: Window::new(input),
            state: State { delimiter: b";".to_vec(), ..State::default() },
            header: Header::default(),
            databases: vec![Database::default()],
            current: 0,
            known: HashMap::new(),
            places: Vec::new(),
            insert: None,
            last: None,
            until: u64::MAX,
            cells: Vec::new(),
            taken: 0,
            has_begun: false,
            last_warning: None,
            ending: None,
            #[cfg(test)]
            scanned: 0,
        }
    }

    /// The next table or row; `None` at the end, for which see [`Self::ending`].
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        match self.step()? {
            Step::End => Ok(None),
            Step::Defined(table) => {
                let known = &self.known[&(self.current, table)];
                Ok(Some(Event::Table {
                    number: known.number,
                    database: &self.databases[self.current].name,
                    table: &known.table,
                    header: &self.header,
                }))
            }
            Step::Row(length) => {
                let insert = self.insert.as_ref().expect("a row is one of an INSERT");
                let row = Row {
                    text: &self.window.text()[..length],
                    cells: &self.cells,
                    places: &insert.places,
                    charsets: &insert.charsets,
                    backslash: self.state.session.backslash,
                };
                Ok(Some(Event::Row { number: insert.number, row }))
            }
        }
    }

    /// The statements of the comments so far.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The databases so far; the first is that of statements without a name.
    #[must_use]
    pub fn databases(&self) -> &[Database] {
        &self.databases
    }

    /// The offset from UTC of the dump's times, such as `+00:00`, if the dump states it.
    #[must_use]
    pub fn time_zone(&self) -> Option<&str> {
        self.state.session.time_zone.as_deref()
    }

    /// How the dump ended, once it has been read.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The parts without an end, once the dump has been read to its end.
    pub fn cut_parts(&self) -> impl Iterator<Item = &Part> {
        self.header.parts.iter().filter(|part| part.is_cut())
    }

    /// The number of bytes of uncompressed text that have been read.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.window.offset()
    }

    /// The number of bytes of the file that have been read, before decompression.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        self.window.input().consumed().bytes()
    }

    /// The size of the file in bytes, before decompression.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.window.input().size()
    }

    fn step(&mut self) -> Result<Step, Error> {
        self.window.consume(std::mem::take(&mut self.taken));
        loop {
            if self.insert.is_some() {
                if let Some(length) = self.row()? {
                    self.taken = length;
                    return Ok(Step::Row(length));
                }
            } else if self.ending.is_some() || !self.skip_blanks()? {
                self.end(None)?;
                return Ok(Step::End);
            } else if self.window.offset() >= self.until {
                return Ok(Step::End);
            } else if let Some(table) = self.statement()? {
                return Ok(Step::Defined(table));
            }
        }
    }

    /// Determines how the dump ended.
    fn end(&mut self, unfinished: Option<u64>) -> Result<(), Error> {
        if self.ending.is_some() {
            return Ok(());
        }
        if !self.has_begun && !self.header.is_recognised() {
            return Err(Error::Foreign(match self.window.offset() {
                _ if self.window.is_cut() => "the compressed data ends before the first statement",
                0 => "the file is empty",
                _ => "no SQL statement in it",
            }));
        }
        let at = self.window.offset();
        self.header
            .parts
            .end(unfinished.unwrap_or(at), unfinished.is_some() || self.window.is_cut());
        self.ending = Some(match unfinished {
            Some(offset) => Ending::Unfinished(offset),
            None if self.window.is_cut() || self.header.parts.lacks_end() => {
                Ending::NoClosingLine(at)
            }
            None => Ending::Complete,
        });
        Ok(())
    }

    /// Discards the buffer: the statement in it has no end.
    fn give_up(&mut self) -> Result<(), Error> {
        self.give_up_at(self.window.offset())
    }

    fn give_up_at(&mut self, offset: u64) -> Result<(), Error> {
        self.insert = None;
        self.end(Some(offset))?;
        let held = self.window.text().len();
        self.window.consume(held);
        Ok(())
    }

    /// Reads more text into the buffer; at the limit, returns an error that names what keeps the statement
    /// from ending.
    fn more(&mut self) -> Result<bool, Error> {
        self.window.more().map_err(|error| match error {
            Error::TooLarge { offset } => {
                let open = lexer::open_token(self.window.text(), self.state.session.backslash);
                open.map_or(Error::TooLarge { offset }, |(what, place)| Error::Unclosed {
                    what,
                    offset: offset + u64::try_from(place).unwrap_or(u64::MAX),
                })
            }
            other => other,
        })
    }

    fn skip_blanks(&mut self) -> Result<bool, Error> {
        loop {
            let text = self.window.text();
            if let Some(blanks) = text.iter().position(|byte| !byte.is_ascii_whitespace()) {
                self.window.consume(blanks);
                return Ok(true);
            }
            let blanks = text.len();
            self.window.consume(blanks);
            if !self.window.more()? {
                return Ok(false);
            }
        }
    }

    fn malformed(&self, place: usize, expected: &'static str) -> Error {
        const HEADERS: [&[u8]; 2] = [b"-- MySQL dump ", b"-- MariaDB dump "];
        let offset = self.window.offset();
        let at = |place: usize| offset + u64::try_from(place).unwrap_or(u64::MAX);
        // A row that was cut off contains the start of the next part.
        let held = &self.window.text()[..place];
        let next = HEADERS.iter().filter_map(|header| memchr::memmem::find(held, header)).min();
        match (next, &self.insert) {
            (Some(next), Some(insert)) => {
                Error::CutPart { table: insert.table.clone(), offset, next: at(next) }
            }
            _ => Error::Malformed { offset: at(place), line: self.window.line(place), expected },
        }
    }

    /// The number of the database of that name. The first database that is named is the one without a name so
    /// far, if that has no contents.
    fn find(&mut self, name: &str) -> usize {
        if let Some(found) = self.databases.iter().position(|database| database.name == name) {
            return found;
        }
        let first = &mut self.databases[0];
        if first.name.is_empty() && first.catalog.tables.is_empty() {
            name.clone_into(&mut first.name);
            return 0;
        }
        self.databases.push(Database { name: name.to_owned(), ..Database::default() });
        self.databases.len() - 1
    }
}

#[cfg(test)]
mod tests;
