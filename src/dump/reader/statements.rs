//! Statements without rows, comments, and other lines.

use super::{Known, Reader};
use crate::dump::database::Unreadable;
use crate::dump::definition::{self, Alteration, CreateTable, Definition};
use crate::dump::escape::Backslash;
use crate::dump::lexer::{self, name, qualified_name, words};
use crate::dump::message::{self, Line};
use crate::dump::session::Session;
use crate::dump::{Error, insert};

/// The words with which the statements of a dump begin.
const VERBS: [&str; 20] = [
    "ALTER",
    "ANALYZE",
    "BEGIN",
    "COMMIT",
    "CREATE",
    "DELETE",
    "DELIMITER",
    "DROP",
    "EXECUTE",
    "FLUSH",
    "GRANT",
    "INSERT",
    "LOCK",
    "PREPARE",
    "REPLACE",
    "ROLLBACK",
    "SET",
    "TRUNCATE",
    "UNLOCK",
    "UPDATE",
];
/// Words that can also begin an English sentence, unless the statement ends on its line.
const WORDS: [&str; 20] = [
    "CALL",
    "CHANGE",
    "CHECK",
    "DEALLOCATE",
    "DO",
    "END",
    "HANDLER",
    "INSTALL",
    "KILL",
    "LOAD",
    "OPTIMIZE",
    "RENAME",
    "REPAIR",
    "RESET",
    "REVOKE",
    "SELECT",
    "SHOW",
    "START",
    "STOP",
    "USE",
];
/// The most lines before the first statement that are not SQL, such as output of a shell.
const FOREIGN_LINES: usize = 20;
/// A byte order mark in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// The most bytes of a comment that are read.
const COMMENT: usize = 2048;

impl Reader {
    /// Reads one statement or comment; returns the name of a table that it defines.
    pub(super) fn statement(&mut self) -> Result<Option<String>, Error> {
        while self.window.text().len() < 16 && self.window.more()? {}
        if self.window.text().starts_with(BYTE_ORDER_MARK) {
            self.header.has_byte_order_mark = true;
            self.window.consume(BYTE_ORDER_MARK.len());
            return Ok(None);
        }
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
        if !self.is_statement() {
            return self.stray_line().map(|()| None);
        }
        self.has_begun = true;
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

    fn is_statement(&self) -> bool {
        let front = self.front(COMMENT);
        let begins_with = |verbs: &[&str]| verbs.iter().any(|verb| words(&front, verb).is_some());
        let line = front.lines().next().unwrap_or_default();
        let delimiter = String::from_utf8_lossy(&self.state.delimiter);
        lexer::is_conditional(self.window.text())
            || begins_with(&VERBS)
            || begins_with(&WORDS) && line.contains(&*delimiter)
    }

    /// Reads a line that is not SQL: a message, or something foreign.
    pub(super) fn stray_line(&mut self) -> Result<(), Error> {
        if self.window.offset() == 0 && is_utf16(self.window.text()) {
            return Err(Error::Utf16);
        }
        if !self.has_begun && self.window.text().starts_with(b"<?xml") {
            return Err(Error::Foreign("it is XML, as `--xml` writes it"));
        }
        let number = self.window.line(0);
        while memchr::memchr(b'\n', self.window.text()).is_none()
            && self.window.text().len() < COMMENT
            && self.window.more()?
        {}
        let front = self.front(COMMENT);
        let line = front.lines().next().unwrap_or_default();
        match message::read(line) {
            Line::Prompt(bytes) => {
                self.window.consume(bytes);
                return Ok(());
            }
            Line::Warning => self.last_warning = Some(number),
            Line::Error(mut error) => {
                error.line = number;
                self.header.add_error(error);
            }
            // A warning may continue on several lines.
            Line::Foreign if self.last_warning.map(|line| line + 1) == Some(number) => {
                self.last_warning = Some(number);
            }
            Line::Foreign => {
                let is_text = line
                    .starts_with(|it: char| it.is_alphanumeric() || "/-[<".contains(it))
                    && !line.contains(|it: char| it.is_control() && !it.is_whitespace());
                let is_too_much = self.header.foreign_lines.len() >= FOREIGN_LINES || !is_text;
                if !self.has_begun && !self.header.is_recognised() && is_too_much {
                    return Err(Error::Foreign("no SQL statement at the start"));
                }
                self.header.add_foreign_line(number);
            }
        }
        self.line().map(drop)
    }

    fn front(&self, bytes: usize) -> String {
        let text = self.window.text();
        String::from_utf8_lossy(&text[..bytes.min(text.len())]).into_owned()
    }

    fn comment(&mut self) -> Result<(), Error> {
        let offset = self.window.offset();
        let line = self.line()?;
        self.header.read(line.trim_start_matches(['-', '#']), offset)
    }

    fn block_comment(&mut self) -> Result<(), Error> {
        let offset = self.window.offset();
        let mut kept = Vec::new();
        self.window.consume(2);
        loop {
            let text = self.window.text();
            let end = memchr::memmem::find(text, b"*/");
            // The last byte may be the first of two.
            let length = end.unwrap_or(text.len().saturating_sub(1));
            kept.extend_from_slice(&text[..length.min(COMMENT - kept.len().min(COMMENT))]);
            self.window.consume(end.map_or(length, |end| end + 2));
            if end.is_some() {
                break;
            }
            if !self.window.more()? {
                return self.give_up_at(offset);
            }
        }
        let kept = String::from_utf8_lossy(&kept).into_owned();
        kept.lines()
            .try_for_each(|line| self.header.read(line.trim_start_matches(['*', ' ']), offset))
    }

    /// Reads a line, of which the first few hundred bytes are kept.
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

    /// Reads a statement without rows; returns the name of a table that it defines.
    fn run(&mut self) -> Result<Option<String>, Error> {
        let backslash: Backslash = self.state.session.backslash;
        let (length, with_delimiter) = loop {
            let text = self.window.text();
            #[cfg(test)]
            {
                self.scanned += text.len();
            }
            let found = lexer::statement_end(text, &self.state.delimiter, backslash);
            let whole = found.map_or(text.len(), |(length, _)| length);
            if self.cut_out_message(whole) {
                continue;
            }
            if let Some(found) = found {
                break found;
            }
            if !self.more()? {
                self.give_up()?;
                return Ok(None);
            }
        };
        let offset = self.window.offset();
        let raw = &self.window.text()[..length];
        let statement = lexer::plain(raw, backslash);
        let defined = if words(&statement, "CREATE TABLE").is_some() {
            self.define(&statement, offset)
        } else {
            self.note(&statement, offset)?;
            None
        };
        self.window.consume(with_delimiter);
        Ok(defined)
    }

    /// Removes a message from the start of the buffer, if a dump program printed one there.
    pub(super) fn cut_out_message(&mut self, bytes: usize) -> bool {
        if self.state.session.backslash == Backslash::Plain
            || !self.header.parts.escapes_line_breaks()
        {
            return false;
        }
        let text = self.window.text();
        let Some(found) = message::find(text, bytes) else { return false };
        let line = String::from_utf8_lossy(&text[found.clone()]).into_owned();
        if let Line::Error(mut error) = message::read(line.trim_end()) {
            error.line = self.window.line(found.start);
            self.header.add_error(error);
        }
        self.window.cut_out(found.start, found.len());
        true
    }

    fn define(&mut self, statement: &str, offset: u64) -> Option<String> {
        let create = CreateTable::split(statement)?;
        let database = create.database.as_deref().map_or(self.current, |name| self.find(name));
        self.header.marks_json |= create.marks_json();
        let definition = create.read();
        let name = create.table.clone();
        self.header.parts.table(&name, offset);
        let of = &mut self.databases[database];
        if of.catalog.tables.contains_key(&name) && create.spares_what_is_there {
            return None;
        }
        let number = self.places.len();
        self.places.push(Default::default());
        self.last = None;
        of.unreadable.retain(|unreadable| unreadable.table != name);
        let Definition { table, values } = definition.unwrap_or_else(|reason| {
            of.unreadable.push(Unreadable { table: name.clone(), offset, reason });
            Definition::without_columns(&name)
        });
        of.catalog.tables.insert(name.clone(), table.clone());
        self.known.insert((database, name.clone()), Known { number, table, values });
        self.current = database;
        Some(name)
    }

    /// Reads a statement that changes the database or the settings of what follows.
    fn note(&mut self, statement: &str, offset: u64) -> Result<(), Error> {
        self.state.session.apply(statement)?;
        match Session::notes(statement) {
            Some(true) => self.header.parts.save_notes(offset),
            Some(false) => self.header.parts.restore_notes(offset),
            None => {}
        }
        if let Some((database, _)) = words(statement, "USE").and_then(name) {
            self.current = self.find(&database);
            self.last = None;
        } else if let Some(alteration) = Alteration::split(statement) {
            self.alter(&alteration);
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

    /// Reads keys that are added to a table after its rows, as export programs do.
    fn alter(&mut self, alteration: &Alteration<'_>) {
        let database = alteration.database.as_deref().map_or(self.current, |name| self.find(name));
        let Some(known) = self.known.get_mut(&(database, alteration.table.clone())) else { return };
        if alteration.apply(&mut known.table) {
            let tables = &mut self.databases[database].catalog.tables;
            tables.insert(known.table.name.clone(), known.table.clone());
        }
    }
}

/// Whether text is in UTF-16, with or without a byte order mark: every other byte of ASCII is zero.
fn is_utf16(text: &[u8]) -> bool {
    let is_ascii = |byte: u8| (b'\t'..=b'~').contains(&byte);
    match *text {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] => is_ascii(a) && is_ascii(b),
        _ => false,
    }
}

/// Whether a comment contains no statement: a plain one, or one with a command of the client (`/*M!999999\-
/// enable the sandbox mode */`).
fn is_command_or_plain(text: &[u8]) -> bool {
    if !lexer::is_conditional(text) {
        return true;
    }
    let inside = text.iter().position(|&byte| byte == b'!').map_or(0, |it| it + 1);
    let digits = text[inside..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.get(inside + digits) == Some(&b'\\')
}
