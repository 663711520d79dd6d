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
    /// A part of a server's table is asked of a dump, or the other way round.
    #[error("an earlier run parted the table for another source")]
    ForeignPart,
    /// The dump comes from where it can be read only once.
    #[error("a dump that rows are taken from is read twice, and that cannot be")]
    ReadOnce,
    /// The dump ends before its end.
    #[error("the dump is not whole: it ends too early, at byte {offset}")]
    CutShort {
        /// Where what is missing begins.
        offset: u64,
    },
    /// The dump holds no rows.
    #[error("the dump holds definitions and no rows")]
    NoRows,
    /// The dump's character set cannot spell all of its text.
    #[error("the dump's text is lost in part: its character set has no room for all of it")]
    Lossy,
}

impl Error {
    /// What to do next, where something can be said: an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Server(error) => error.hint(),
            Self::Dump(error) => error.hint(),
            Self::ForeignPart => Some("run again with `--restart` to begin anew".to_owned()),
            Self::ReadOnce => Some("write it to a file, plain or packed, and name that".to_owned()),
            Self::CutShort { .. } => {
                Some("make the dump again, and mind what it says at its end".to_owned())
            }
            Self::NoRows => Some("make the dump without `--no-data`".to_owned()),
            Self::Lossy => Some("make the dump with `--default-character-set=utf8mb4`".to_owned()),
        }
    }
}
