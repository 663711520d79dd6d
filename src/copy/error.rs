//! What can end a copy.

use super::{Refusal, RowProblem};
use crate::{mysql, postgres, quarantine};

/// Why a copy ended early. What was complete by then stays, and the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It did not even start; nothing was changed.
    #[error("the copy cannot start: {}", list(.0))]
    Refused(Vec<Refusal>),
    /// Another copy into the same database is running.
    #[error("another copy into this database is running")]
    AlreadyRunning,
    /// A row does not fit, and the copy was to stop then.
    #[error("cannot copy table `{}`: {problem}", problem.table)]
    Row {
        /// Which row, and why.
        problem: Box<RowProblem>,
    },
    /// The source failed while a table was read.
    #[error("cannot read table `{table}`")]
    Read {
        /// The source's name of the table.
        table: String,
        /// What it said.
        source: mysql::Error,
    },
    /// The target failed while a table was written.
    #[error("cannot write table `{table}`")]
    Write {
        /// The target's name of the table.
        table: String,
        /// What it said.
        source: postgres::Error,
    },
    /// The source failed.
    #[error(transparent)]
    Source(#[from] mysql::Error),
    /// The target failed.
    #[error(transparent)]
    Target(#[from] postgres::Error),
    /// An altered value or a row set aside could not be kept, so the part it belongs to was not copied.
    #[error(transparent)]
    Quarantine(#[from] quarantine::Error),
}

impl Error {
    /// What to do next, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(refusals) => refusals.first().map(Refusal::hint),
            Self::AlreadyRunning => Some("wait for it, or stop it, and run this again".to_owned()),
            Self::Row { .. } => Some(
                "mend the row in the source, or run again with `--on-error quarantine` to set such \
                 rows aside; what is finished is kept"
                    .to_owned(),
            ),
            Self::Read { source, .. } => source.hint(),
            Self::Write { source, .. } => source.hint(),
            Self::Source(error) => error.hint(),
            Self::Target(error) => error.hint(),
            Self::Quarantine(error) => error.hint().map(str::to_owned),
        }
    }
}

fn list(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
