//! What can go wrong in a fix or an undo.

use crate::{mysql, quarantine};

/// Why a fix or an undo stopped. What was done until then stays done, and a second run goes on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused, or was lost.
    #[error("cannot fix table `{table}`")]
    Table {
        /// The table at which it stopped.
        table: String,
        /// What the server said.
        source: mysql::Error,
    },
    /// The catalog could not be read.
    #[error("cannot read the source's catalog")]
    Catalog(#[source] mysql::Error),
    /// The quarantine could not be read or written.
    #[error("the quarantine cannot be used")]
    Quarantine(#[from] quarantine::Error),
}

impl Error {
    /// What the user can do next, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Table { source, .. } | Self::Catalog(source) => source.hint(),
            Self::Quarantine(source) => source.hint().map(str::to_owned),
        }
    }
}

/// Says at which table the server refused.
pub(super) trait AtTable<T> {
    /// Names the table in the error.
    fn at(self, table: &str) -> Result<T, Error>;
}

impl<T> AtTable<T> for Result<T, mysql::Error> {
    fn at(self, table: &str) -> Result<T, Error> {
        self.map_err(|source| Error::Table { table: table.to_owned(), source })
    }
}
