//! Why a repair or an undo failed.

use std::path::PathBuf;

use crate::{mysql, quarantine};

/// Why a repair or an undo stopped. Finished work is kept, and a second run resumes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server rejected a statement, or the connection was lost.
    #[error("cannot fix table `{table}`")]
    Table {
        /// The table at which it stopped.
        table: String,
        source: mysql::Error,
    },
    /// The catalog could not be read.
    #[error("cannot read the source's catalog")]
    Catalog(#[source] mysql::Error),
    /// The quarantine could not be read or written.
    #[error("the quarantine cannot be used")]
    Quarantine(#[from] quarantine::Error),
    /// The quarantine has records of another database.
    #[error("`{}` has records of database `{recorded}`, and the DSN names `{connected}`", path.display())]
    OtherDatabase {
        /// The file.
        path: PathBuf,
        /// The database that the records name.
        recorded: String,
        /// The database of the connection.
        connected: String,
    },
    /// The last line of the quarantine is incomplete.
    #[error("line {line} of `{}`, its last, is incomplete", path.display())]
    Incomplete {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
    },
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Table { source, .. } | Self::Catalog(source) => source.hint(),
            Self::Quarantine(source) => source.hint(),
            Self::OtherDatabase { recorded, .. } => Some(format!(
                "name database `{recorded}` in the DSN; if this database is a copy of it, add \
                 `--undo-other-database`"
            )),
            Self::Incomplete { .. } => Some(
                "take the whole file from a backup; if a repair was killed while it wrote this line, \
                 add `--undo-incomplete`: the change of that line was not made"
                    .to_owned(),
            ),
        }
    }
}

/// Adds the table to an error of the server.
pub(super) trait AtTable<T> {
    /// Adds the table to the error.
    fn at(self, table: &str) -> Result<T, Error>;
}

impl<T> AtTable<T> for Result<T, mysql::Error> {
    fn at(self, table: &str) -> Result<T, Error> {
        self.map_err(|source| Error::Table { table: table.to_owned(), source })
    }
}
