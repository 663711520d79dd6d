//! What can end a copy.

use super::{Refusal, RowProblem, TargetLoss};
use crate::{ledger, mysql, postgres, quarantine, source};

/// Why a copy ended early. What was complete by then stays, and the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It did not even start; nothing was changed.
    #[error("the copy cannot start: {}", list(.0))]
    Refused(Vec<Refusal>),
    /// Rows that exist only on the target would be deleted, or other programs use it.
    #[error("cannot empty tables of the target:\n{0}")]
    WouldDelete(TargetLoss),
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
        source: source::Error,
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
    Source(#[from] source::Error),
    /// The target failed.
    #[error(transparent)]
    Target(#[from] postgres::Error),
    /// The ledger cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// An altered value or a row set aside could not be kept, so the part it belongs to was not copied.
    #[error(transparent)]
    Quarantine(#[from] quarantine::Error),
}

impl From<mysql::Error> for Error {
    fn from(error: mysql::Error) -> Self {
        Self::Source(error.into())
    }
}

impl Error {
    /// What to do next, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(refusals) => refusals.first().map(Refusal::hint),
            Self::WouldDelete(loss) => Some(format!(
                "stop the programs that use the target; to delete exactly these rows, add `{}`",
                loss.flags()
            )),
            Self::AlreadyRunning => Some("wait for it, or stop it, and run this again".to_owned()),
            Self::Row { .. } => Some(
                "`migration-assist mysql` names every such row and its repair; mend them in the \
                 source, or run again with `--on-error quarantine` to set them aside; what is \
                 finished is kept"
                    .to_owned(),
            ),
            Self::Read { source: source::Error::Server(mysql::Error::Lost(_)), .. }
            | Self::Source(source::Error::Server(mysql::Error::Lost(_))) => {
                Some(once_it_runs("MySQL"))
            }
            Self::Write { source: postgres::Error::Lost, .. }
            | Self::Target(postgres::Error::Lost)
            | Self::Ledger(ledger::Error::Target(postgres::Error::Lost)) => {
                Some(once_it_runs("PostgreSQL"))
            }
            Self::Write { source, .. } if is_of_the_server(source) => {
                source.hint().map(|hint| go_on(&hint))
            }
            Self::Read { source, .. } => source.hint(),
            Self::Write { source, .. } => source.hint(),
            Self::Source(error) => error.hint(),
            Self::Target(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
            Self::Quarantine(error) => error.hint().map(str::to_owned),
        }
    }
}

/// Classes of errors that say nothing about a row, a definition or a statement: the line, what the
/// server has left of disk, memory and connections, an operator's will, the system (PostgreSQL manual,
/// "PostgreSQL Error Codes").
const OF_THE_SERVER: [&str; 4] = ["08", "53", "57", "58"];

/// Whether the server is in trouble, whatever it was asked for.
pub(super) fn is_of_the_server(error: &postgres::Error) -> bool {
    error.sqlstate().is_none_or(|code| OF_THE_SERVER.iter().any(|class| code.starts_with(class)))
}

fn once_it_runs(server: &str) -> String {
    go_on(&format!("check that the {server} server runs (its log says more) and start again"))
}

fn go_on(hint: &str) -> String {
    format!("{hint}; the same command goes on from here")
}

fn list(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
