//! What can end following.

use super::Refusal;
use super::stopping::FIX_ROW;
use crate::mysql::binlog;
use crate::{ledger, mysql, postgres, quarantine};

/// Why following ended early. What was applied stays, and the same command continues from there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It did not start; nothing was changed.
    #[error("cannot follow the source: {}", list(.0))]
    Refused(Vec<Refusal>),
    /// The log was applied by another session meanwhile.
    #[error("the log was applied by another session meanwhile")]
    AppliedElsewhere,
    /// The target refused rows of a table.
    #[error("cannot write table `{table}`")]
    Write {
        /// The target's name of the table.
        table: String,
        /// The answer of the server.
        source: postgres::Error,
    },
    /// A row that was read again does not fit.
    #[error("a row of table `{table}` does not fit: {reason}")]
    Unfit {
        /// The source's name of the table.
        table: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An index or constraint cannot be built.
    #[error("cannot build `{name}`")]
    Build {
        /// The index or constraint.
        name: String,
        /// The answer of the server.
        source: postgres::Error,
    },
    /// The task that reads the log ended without a word.
    #[error("the task that reads the source's log has ended")]
    ReaderGone,
    /// The source's log cannot be read.
    #[error(transparent)]
    Log(#[from] binlog::Error),
    /// The source failed.
    #[error(transparent)]
    Source(#[from] mysql::Error),
    /// The target failed, or its ledger cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// An original could not be kept.
    #[error(transparent)]
    Quarantine(#[from] quarantine::Error),
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Self {
        Self::Ledger(error.into())
    }
}

impl Error {
    /// What to do next, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(refusals) => refusals.first().map(Refusal::hint),
            Self::ReaderGone => None,
            Self::Unfit { .. } => Some(FIX_ROW.to_owned()),
            Self::AppliedElsewhere => {
                Some("wait for the other run, or end it, and run this command again".to_owned())
            }
            Self::Write { source, .. } | Self::Build { source, .. } => source.hint(),
            Self::Log(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
            Self::Quarantine(error) => error.hint(),
        }
    }

    /// Whether a connection was lost or transactions collided, so that following can continue from the
    /// position in the ledger.
    #[must_use]
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Log(error) => error.is_connection_lost(),
            Self::Source(error) => error.is_connection_lost(),
            Self::Write { source: error, .. }
            | Self::Build { source: error, .. }
            | Self::Ledger(ledger::Error::Target(error)) => error.is_passing(),
            _ => false,
        }
    }

    /// Whether another command works in the schema.
    #[must_use]
    pub fn is_schema_in_use(&self) -> bool {
        matches!(self, Self::Ledger(ledger::Error::Target(postgres::Error::SchemaInUse { .. })))
    }
}

fn list(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
