//! Options of a configuration.

use serde::Serialize;

use super::{Error, Server};
use crate::time_zone::TimeZone;

/// The options of a configuration.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    pub source: Server<'a>,
    pub target: Server<'a>,
    /// The target's schema.
    pub schema: &'a str,
    /// Whether the file contains passwords.
    pub passwords: Passwords,
    /// The handling of NUL characters in text.
    pub null_characters: NullCharacters,
    /// The handling of rows that the target already has.
    pub existing_rows: ExistingRows,
    /// The time zone in which the source's local times were written; UTC if `None`.
    pub time_zone: Option<&'a TimeZone>,
    /// pgloader's memory settings.
    pub memory: Memory,
}

/// Whether the file contains passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Passwords {
    /// As in the DSNs.
    #[default]
    Written,
    /// Left to `MYSQL_PWD`, and to `PGPASSWORD` or `~/.pgpass`.
    Omitted,
}

/// The handling of NUL characters in text, which PostgreSQL rejects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NullCharacters {
    /// pgloader removes them, without a report.
    #[default]
    Removed,
    /// They stay, so that PostgreSQL rejects the row.
    Kept,
}

/// The handling of rows that the target already has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExistingRows {
    /// They stop pgloader before it changes anything.
    #[default]
    Refused,
    /// They are deleted from every table that is loaded, as a second run requires.
    Deleted,
}

/// The replacement for empty text in a column that is JSON on the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyJson {
    /// `{}`
    #[default]
    Object,
    /// NULL, and `{}` if the column is NOT NULL.
    Null,
}

/// pgloader's memory settings.
///
/// Debian's pgloader has a heap of 1 GiB, in which a character takes 4 bytes. With 1000 rows read ahead,
/// messages of 60 kB exhaust it and rows are lost; with 100 rows, documents of 1 MB do. With 25 rows it stays
/// below 600 MB for these, and short rows are loaded as fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Threads: each table takes one to read and `concurrency` to write. At least 2.
    pub workers: u32,
    /// Writers per table.
    pub concurrency: u32,
    /// Rows between a table's reader and its writers, whatever their size.
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
    /// Checks the options other than the servers.
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
    /// With less, pgloader waits forever: a table's reader for its writer.
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
