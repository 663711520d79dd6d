//! What a configuration is to say.

use serde::Serialize;

use super::{Error, Server};
use crate::time_zone::TimeZone;

/// What the user asks for.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The source.
    pub source: Server<'a>,
    /// The target.
    pub target: Server<'a>,
    /// The target's schema.
    pub schema: &'a str,
    /// Whether passwords stand in the file.
    pub passwords: Passwords,
    /// What becomes of NUL characters in text.
    pub null_characters: NullCharacters,
    /// What becomes of rows that the target has already.
    pub existing_rows: ExistingRows,
    /// The time zone in which the source's local times were written; UTC if there is none.
    pub time_zone: Option<&'a TimeZone>,
    /// How much pgloader holds at once.
    pub memory: Memory,
}

/// Whether passwords stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Passwords {
    /// As the DSNs give them.
    #[default]
    Written,
    /// Left to `MYSQL_PWD`, and to `PGPASSWORD` or `~/.pgpass`.
    Omitted,
}

/// What becomes of NUL characters in text, which PostgreSQL does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NullCharacters {
    /// They are removed on the way, which pgloader does not report.
    #[default]
    Removed,
    /// They stay, so that PostgreSQL refuses the row.
    Kept,
}

/// What becomes of rows that the target has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExistingRows {
    /// They stop pgloader before it changes anything.
    #[default]
    Refused,
    /// They are deleted from every table that is loaded, as a second run needs it.
    Deleted,
}

/// What becomes of empty text where the target's column is JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyJson {
    /// `{}`
    #[default]
    Object,
    /// NULL, and `{}` where the column takes no NULL.
    Null,
}

/// How much pgloader holds at once.
///
/// Debian's pgloader has a heap of 1 GiB, and a character takes 4 bytes of it. With 1000 rows read
/// ahead, messages of 60 kB exhaust it, and rows are lost; with 100, documents of 1 MB do. With 25 it
/// stays below 600 MB for these, and short rows are loaded as fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Threads, of which each table takes one to read and `concurrency` to write. At least 2.
    pub workers: u32,
    /// Writers per table.
    pub concurrency: u32,
    /// Rows that wait between a table's reader and its writers, whatever their size.
    pub prefetch_rows: u32,
    /// Rows in one COPY at most.
    pub batch_rows: u32,
    /// Mebibytes in one COPY at most.
    pub batch_size: u32,
}

impl Default for Memory {
    fn default() -> Self {
        Self { workers: 4, concurrency: 1, prefetch_rows: 25, batch_rows: 10_000, batch_size: 20 }
    }
}

impl Options<'_> {
    /// Says what pgloader could not work with, the servers aside.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut characters = self.schema.chars();
        let plain = characters.next().is_some_and(|it| it.is_ascii_lowercase() || it == '_')
            && characters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_');
        if !plain {
            return Err(Error::Schema(self.schema.to_owned()));
        }
        self.memory.check()
    }
}

impl Memory {
    /// With less, pgloader waits for ever: a table's reader for its writer.
    fn check(self) -> Result<(), Error> {
        for (amount, least, name) in [
            (self.workers, 2, "workers"),
            (self.concurrency, 1, "writers per table"),
            (self.prefetch_rows, 1, "rows read ahead"),
            (self.batch_rows, 1, "rows in a batch"),
            (self.batch_size, 1, "mebibytes in a batch"),
        ] {
            if amount < least {
                return Err(Error::TooFew { name, least });
            }
        }
        Ok(())
    }
}
