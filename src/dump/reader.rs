//! Reads a dump from its start to its end, statement by statement and row by row.

use std::collections::HashMap;

use super::charset::Charset;
use super::database::{self, charsets};
use super::definition::{self, CreateTable};
use super::escape::Backslash;
use super::insert::{self, Head};
use super::lexer::{self, Conditional, name, qualified_name, words};
use super::row::{self, Cell, Stop};
use super::session::Session;
use super::window::Window;
use super::{Database, Error, Header, Input, Row};
use crate::schema::Table;

/// The words that a dump's first statement may begin with.
const FIRST: [&str; 15] = [
    "ALTER",
    "ANALYZE",
    "BEGIN",
    "CHANGE",
    "COMMIT",
    "CREATE",
    "DELIMITER",
    "DROP",
    "FLUSH",
    "INSERT",
    "LOCK",
    "REPLACE",
    "SET",
    "START",
    "USE",
];
/// What the programs themselves say, where standard error went to the same file.
const CHATTER: [&str; 3] = ["mysqldump: ", "mariadb-dump: ", "Warning: "];
/// The head of an INSERT is no longer than this.
const HEAD: usize = 256 * 1024;

/// What comes next in a dump.
#[derive(Debug)]
pub enum Event<'a> {
    /// A table is defined. Its rows, if any, come later under the same number.
    Table {
        /// Its number, which no other definition has.
        number: usize,
        /// The name of its database.
        database: &'a str,
        /// Its definition.
        table: &'a Table,
        /// What the dump has told of itself so far.
        header: &'a Header,
    },
    /// A row.
    Row {
        /// The number of its table.
        number: usize,
        /// Its values.
        row: Row<'a>,
    },
}

/// How a dump ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As it should: with its closing line, or between statements where it has no comments at all.
    Complete,
    /// Between statements, without the closing line, at that byte.
    NoClosingLine(u64),
    /// Within the statement that begins at that byte.
    Unfinished(u64),
}

/// A table that rows can go to.
#[derive(Debug)]
struct Known {
    number: usize,
    table: Table,
}

/// An INSERT whose rows are being read.
#[derive(Debug)]
struct Insert {
    number: usize,
    table: String,
    places: Vec<Option<usize>>,
    charsets: Vec<Charset>,
    width: usize,
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
    session: Session,
    header: Header,
    delimiter: Vec<u8>,
    databases: Vec<Database>,
    current: usize,
    /// By number of the database and name of the table.
    known: HashMap<(usize, String), Known>,
    defined: usize,
    insert: Option<Insert>,
    cells: Vec<Cell>,
    /// How much text the last event took, which is left behind before the next one.
    taken: usize,
    has_begun: bool,
    ending: Option<Ending>,
}

impl Reader {
    /// Reads from the start of a dump.
    #[must_use]
    pub fn new(input: Input) -> Self {
        Self {
            window: Window::new(input),
            session: Session::default(),
            header: Header::default(),
            delimiter: b";".to_vec(),
            databases: vec![Database::default()],
            current: 0,
            known: HashMap::new(),
            defined: 0,
            insert: None,
            cells: Vec::new(),
            taken: 0,
            has_begun: false,
            ending: None,
        }
    }

    /// The next table or row; `None` at the end, of which [`Self::ending`] then tells.
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
                    backslash: self.session.backslash,
                };
                Ok(Some(Event::Row { number: insert.number, row }))
            }
        }
    }

    /// What the comments tell so far.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The databases so far; the first is the one of statements that name none.
    #[must_use]
    pub fn databases(&self) -> &[Database] {
        &self.databases
    }

    /// The offset from UTC in which times stand, as `+00:00`, where the dump says so.
    #[must_use]
    pub fn time_zone(&self) -> Option<&str> {
        self.session.time_zone.as_deref()
    }

    /// How the dump ended, once it has.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// How many bytes of plain text have been read.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.window.offset()
    }

    /// How many bytes of the file have been read, packed as they are.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        self.window.input().consumed().bytes()
    }

    /// How many bytes the file has, packed as they are.
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
            } else if let Some(table) = self.statement()? {
                return Ok(Step::Defined(table));
            }
        }
    }

    /// Settles how the dump ended.
    fn end(&mut self, unfinished: Option<u64>) -> Result<(), Error> {
        if self.ending.is_some() {
            return Ok(());
        }
        if !self.has_begun && !self.header.has_comments() {
            let is_empty = self.window.offset() == 0;
            let why = if is_empty { "it is empty" } else { "it holds no statement" };
            return Err(Error::Foreign(why));
        }
        let at = self.window.offset();
        self.ending = Some(match unfinished {
            Some(offset) => Ending::Unfinished(offset),
            None if self.window.is_cut() => Ending::NoClosingLine(at),
            None if self.header.has_comments() && !self.header.is_complete => {
                Ending::NoClosingLine(at)
            }
            None => Ending::Complete,
        });
        Ok(())
    }

    /// Leaves what is held behind: the statement in it has no end.
    fn give_up(&mut self) -> Result<(), Error> {
        let offset = self.window.offset();
        self.insert = None;
        self.end(Some(offset))?;
        let held = self.window.text().len();
        self.window.consume(held);
        Ok(())
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

    /// The length of the next row of the current INSERT; `None` where that has ended.
    fn row(&mut self) -> Result<Option<usize>, Error> {
        loop {
            if !self.skip_blanks()? {
                self.give_up()?;
                return Ok(None);
            }
            let text = self.window.text();
            match text[0] {
                b'(' => return self.parse_row(),
                b',' => self.window.consume(1),
                _ if text.starts_with(&self.delimiter) => {
                    self.window.consume(self.delimiter.len());
                    self.insert = None;
                    return Ok(None);
                }
                // `ON DUPLICATE KEY …`: the rest is a statement of no consequence.
                b'O' | b'o' => {
                    self.insert = None;
                    return Ok(None);
                }
                _ => return Err(self.malformed(0, "a row, a comma or the end of the statement")),
            }
        }
    }

    fn parse_row(&mut self) -> Result<Option<usize>, Error> {
        loop {
            match row::parse(self.window.text(), self.session.backslash, &mut self.cells) {
                Ok(length) => break self.check_width().map(|()| Some(length)),
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

    fn check_width(&self) -> Result<(), Error> {
        let insert = self.insert.as_ref().expect("a row is one of an INSERT");
        if self.cells.len() == insert.width || insert.width == 0 {
            return Ok(());
        }
        Err(Error::RowWidth {
            table: insert.table.clone(),
            offset: self.window.offset(),
            values: self.cells.len(),
            columns: insert.width,
        })
    }

    fn malformed(&self, place: usize, expected: &'static str) -> Error {
        let place = u64::try_from(place).unwrap_or(u64::MAX);
        Error::Malformed { offset: self.window.offset() + place, expected }
    }

    /// Takes in one statement or comment; the name of a table that it defines.
    fn statement(&mut self) -> Result<Option<String>, Error> {
        while self.window.text().len() < 16 && self.window.more()? {}
        let text = self.window.text();
        if text.starts_with(&self.delimiter) {
            self.window.consume(self.delimiter.len());
            return Ok(None);
        }
        if text[0] == b'#' || lexer::is_line_comment(text) == Some(true) || text == b"--" {
            return self.comment().map(|()| None);
        }
        if text.starts_with(b"/*") && is_command_or_plain(text) {
            return self.block_comment().map(|()| None);
        }
        if CHATTER.iter().any(|said| text.starts_with(said.as_bytes())) {
            return self.line().map(|_| None);
        }
        self.expect_dump()?;
        if insert::is_insert(self.window.text()) {
            return self.begin_insert().map(|()| None);
        }
        if words(&self.front(16), "DELIMITER").is_some() {
            let line = self.line()?;
            let delimiter = line.split_whitespace().nth(1).unwrap_or(";");
            self.delimiter = delimiter.as_bytes().to_vec();
            return Ok(None);
        }
        self.run()
    }

    /// The first statement shows whether this is a dump at all, where no comment has.
    fn expect_dump(&mut self) -> Result<(), Error> {
        if self.has_begun {
            return Ok(());
        }
        let front = self.front(16);
        let is_known = self.header.has_comments()
            || lexer::is_conditional(self.window.text())
            || FIRST.iter().any(|word| words(&front, word).is_some());
        self.has_begun = is_known;
        is_known.then_some(()).ok_or(Error::Foreign("it begins with no statement of a dump"))
    }

    fn front(&self, bytes: usize) -> String {
        let text = self.window.text();
        String::from_utf8_lossy(&text[..bytes.min(text.len())]).into_owned()
    }

    fn comment(&mut self) -> Result<(), Error> {
        let line = self.line()?;
        self.header.read(line.trim_start_matches(['-', '#']))
    }

    fn block_comment(&mut self) -> Result<(), Error> {
        loop {
            if let Some(end) = memchr::memmem::find(self.window.text(), b"*/") {
                self.window.consume(end + 2);
                return Ok(());
            }
            if !self.window.more()? {
                return self.give_up();
            }
        }
    }

    /// Takes a line, of which the first few hundred bytes are kept.
    fn line(&mut self) -> Result<String, Error> {
        const KEPT: usize = 512;
        let mut line = Vec::new();
        loop {
            let text = self.window.text();
            let end = memchr::memchr(b'\n', text);
            let piece = &text[..end.unwrap_or(text.len())];
            line.extend_from_slice(&piece[..piece.len().min(KEPT.saturating_sub(line.len()))]);
            let taken = end.map_or(text.len(), |end| end + 1);
            self.window.consume(taken);
            if end.is_some() || !self.window.more()? {
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
        }
    }

    fn begin_insert(&mut self) -> Result<(), Error> {
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
        self.header.is_lossy |= database::loses(&known.table, self.session.charset);
        let place = |column: &str| {
            let listed = head.columns.as_ref()?;
            listed.iter().position(|name| name.eq_ignore_ascii_case(column))
        };
        let places: Vec<Option<usize>> = match &head.columns {
            None => (0..columns.len()).map(Some).collect(),
            Some(_) => columns.iter().map(|column| place(&column.name)).collect(),
        };
        self.insert = Some(Insert {
            number: known.number,
            width: head.columns.as_ref().map_or(columns.len(), Vec::len),
            charsets: charsets(&known.table, self.session.charset),
            table: head.table,
            places,
        });
        self.window.consume(head.length);
        Ok(())
    }

    /// Takes in a statement that holds no rows; the name of a table that it defines.
    fn run(&mut self) -> Result<Option<String>, Error> {
        let backslash: Backslash = self.session.backslash;
        let (length, with_delimiter) = loop {
            let text = self.window.text();
            if let Some(found) = lexer::statement_end(text, &self.delimiter, backslash) {
                break found;
            }
            if !self.window.more()? {
                self.give_up()?;
                return Ok(None);
            }
        };
        let offset = self.window.offset();
        let raw = &self.window.text()[..length];
        let statement = lexer::plain(raw, backslash, Conditional::Kept);
        let defined = if words(&statement, "CREATE TABLE").is_some() {
            let is_framed = lexer::is_conditional(raw);
            let bare = lexer::plain(raw, backslash, Conditional::Dropped);
            self.define(if is_framed { &statement } else { &bare }, offset)
        } else {
            self.note(&statement)?;
            None
        };
        self.window.consume(with_delimiter);
        Ok(defined)
    }

    fn define(&mut self, statement: &str, offset: u64) -> Option<String> {
        let create = CreateTable::split(statement)?;
        let database = create.database.as_deref().map_or(self.current, |name| self.find(name));
        self.header.marks_json |= create.marks_json();
        let table = create.read();
        let name = table.name.clone();
        let number = self.defined;
        self.defined += 1;
        let of = &mut self.databases[database];
        if table.columns.is_empty() {
            of.unreadable.push((name.clone(), offset));
        }
        of.catalog.tables.insert(name.clone(), table.clone());
        self.known.insert((database, name.clone()), Known { number, table });
        self.current = database;
        Some(name)
    }

    /// Takes in a statement that changes where, or how, what follows is read.
    fn note(&mut self, statement: &str) -> Result<(), Error> {
        self.session.apply(statement)?;
        if let Some((database, _)) = words(statement, "USE").and_then(name) {
            self.current = self.find(&database);
        } else if let Some(rest) = words(statement, "DROP TABLE").or(words(statement, "DROP VIEW"))
        {
            let rest = words(rest, "IF EXISTS").unwrap_or(rest);
            if let Some((_, dropped, _)) = qualified_name(rest) {
                self.databases[self.current].catalog.tables.remove(&dropped);
            }
        } else if let Some(view) = definition::view(statement) {
            let catalog = &mut self.databases[self.current].catalog;
            catalog.tables.remove(&view.name);
            catalog.views.insert(view.name.clone(), view);
        }
        Ok(())
    }

    /// The number of the database of that name. The first that is named is the one that nothing was
    /// said of, as long as that holds nothing.
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

/// Whether a comment is none that holds a statement: a plain one, or one with a command of the client
/// (`/*M!999999\- enable the sandbox mode */`).
fn is_command_or_plain(text: &[u8]) -> bool {
    if !lexer::is_conditional(text) {
        return true;
    }
    let inside = text.iter().position(|&byte| byte == b'!').map_or(0, |it| it + 1);
    let digits = text[inside..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.get(inside + digits) == Some(&b'\\')
}

#[cfg(test)]
mod tests;
