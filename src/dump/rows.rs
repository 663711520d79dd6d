//! Reads pieces of a dump that was read once before.

use std::ops::Range;
use std::sync::Arc;

use super::contents::Contents;
use super::record::Record;
use super::{Error, Event, Input, Reader};

/// So much text is read before others may work.
const TURN: u64 = 1 << 20;

/// Somebody who reads pieces of a dump, of whatever table and in whatever order.
///
/// A packed dump is read from its start to the piece, so it is best to go on from piece to piece as they
/// follow each other in the file.
#[derive(Debug)]
pub struct Visitor {
    contents: Arc<Contents>,
    reader: Option<Box<Reader>>,
}

/// The rows of a piece, of which one at a time is in memory.
#[derive(Debug)]
pub struct Rows<'a> {
    reader: Option<&'a mut Reader>,
    table: &'a str,
    columns: Vec<usize>,
    /// How many rows are to come.
    left: u64,
    next_turn: u64,
}

impl Visitor {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(contents: Arc<Contents>) -> Self {
        Self { contents, reader: None }
    }

    /// What is read.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The rows of one of a table's pieces, as far as these columns go; none where there are no bytes.
    pub fn rows<'a>(
        &'a mut self,
        table: &'a str,
        columns: impl IntoIterator<Item = &'a str>,
        bytes: &Range<u64>,
    ) -> Result<Rows<'a>, Error> {
        let Self { contents, reader } = self;
        let changed = || Error::Changed { table: table.to_owned() };
        let known = contents.tables.get(table).ok_or_else(changed)?;
        let place = |name| known.table.columns.iter().position(|column| column.name == name);
        let columns = columns.into_iter().map(|name| place(name).ok_or_else(changed));
        let mut rows = Rows {
            reader: None,
            table,
            columns: columns.collect::<Result<_, _>>()?,
            left: 0,
            next_turn: 0,
        };
        if bytes.is_empty() {
            return Ok(rows);
        }
        let span = known.span(bytes).ok_or_else(changed)?;
        let passed = reader.take().filter(|it| contents.is_packed && it.offset() <= bytes.start);
        let there = match passed {
            Some(reader) => reader,
            None if contents.is_packed => Box::new(Reader::new(Input::open(&contents.file)?)),
            None => Box::new(Reader::new(Input::open_plain(&contents.file, bytes.start)?)),
        };
        let reader = reader.insert(there);
        reader.go_to(&contents.database, &known.table, &span)?;
        rows.left = span.rows;
        rows.next_turn = bytes.start + TURN;
        rows.reader = Some(reader);
        Ok(rows)
    }
}

impl Rows<'_> {
    /// The next row; `None` behind the last one. Fails where there are more or fewer of them than there
    /// were: the file is another one now.
    pub async fn next(&mut self) -> Result<Option<Record>, Error> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        if reader.offset() >= self.next_turn {
            self.next_turn = reader.offset() + TURN;
            tokio::task::yield_now().await;
        }
        let changed = || Error::Changed { table: self.table.to_owned() };
        match reader.next_event()? {
            Some(Event::Row { row, .. }) => {
                self.left = self.left.checked_sub(1).ok_or_else(changed)?;
                Ok(Some(Record::of(&row, &self.columns)))
            }
            Some(Event::Table { .. }) => Err(changed()),
            None if self.left > 0 => Err(changed()),
            None => Ok(None),
        }
    }
}
