//! Why a source cannot be read.

use crate::{dump, mysql};

/// Why a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server does not answer as it should.
    #[error(transparent)]
    Server(#[from] mysql::Error),
    /// The dump cannot be read.
    #[error(transparent)]
    Dump(#[from] dump::Error),
}

impl Error {
    /// What to do next, where something can be said: an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Server(error) => error.hint(),
            Self::Dump(error) => error.hint(),
        }
    }
}
