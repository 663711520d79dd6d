//! Statements that hold no rows, and comments.

use super::{Known, Reader};
use crate::dump::definition::{self, CreateTable};
use crate::dump::escape::Backslash;
use crate::dump::lexer::{self, Conditional, name, qualified_name, words};
use crate::dump::{Error, insert};

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

impl Reader {
    /// Takes in one statement or comment; the name of a table that it defines.
    pub(super) fn statement(&mut self) -> Result<Option<String>, Error> {
        while self.window.text().len() < 16 && self.window.more()? {}
        let text = self.window.text();
        if text.starts_with(&self.state.delimiter) {
            self.window.consume(self.state.delimiter.len());
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
            self.state.delimiter = delimiter.as_bytes().to_vec();
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

    /// Takes in a statement that holds no rows; the name of a table that it defines.
    fn run(&mut self) -> Result<Option<String>, Error> {
        let backslash: Backslash = self.state.session.backslash;
        let (length, with_delimiter) = loop {
            let text = self.window.text();
            if let Some(found) = lexer::statement_end(text, &self.state.delimiter, backslash) {
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
        let of = &mut self.databases[database];
        if of.catalog.tables.contains_key(&name) && create.spares_what_is_there {
            return None;
        }
        let number = self.places.len();
        self.places.push(Default::default());
        self.last = None;
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
        self.state.session.apply(statement)?;
        if let Some((database, _)) = words(statement, "USE").and_then(name) {
            self.current = self.find(&database);
            self.last = None;
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
