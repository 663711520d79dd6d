//! Why a copy ends early.

use super::{Refusal, RowProblem, TargetLoss};
use crate::{ledger, mysql, postgres, quarantine, source};

/// Why a copy ended early. Finished work is kept, and the same command resumes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It did not start; nothing was changed.
    #[error("the copy cannot start: {}", list(.0))]
    Refused(Vec<Refusal>),
    /// Rows that exist only on the target would be deleted, or other programs use the target.
    #[error("cannot empty tables of the target: {}", .0.to_string().replace('\n', "; "))]
    WouldDelete(TargetLoss),
    /// A row cannot be converted.
    #[error("cannot copy table `{}`: {problem}", problem.table)]
    Row {
        /// The row and the reason.
        problem: Box<RowProblem>,
    },
    /// The target rejects a row.
    #[error("cannot copy table `{}`: {problem}", problem.table)]
    Rejected {
        /// The row and the server's message.
        problem: Box<RowProblem>,
    },
    /// The source failed while a table was read.
    #[error("cannot read table `{table}`")]
    Read {
        /// The table's name in the source.
        table: String,
        source: source::Error,
    },
    /// The target failed while a table was written.
    #[error("cannot write table `{table}`")]
    Write {
        /// The table's name in the target.
        table: String,
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
    /// A change or a quarantined row could not be recorded, so its part was not copied.
    #[error(transparent)]
    Quarantine(#[from] quarantine::Error),
}

impl From<mysql::Error> for Error {
    fn from(error: mysql::Error) -> Self {
        Self::Source(error.into())
    }
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(refusals) => refusals.first().map(Refusal::hint),
            Self::WouldDelete(loss) => Some(format!(
                "stop the programs that use the target; to delete exactly these rows, add `{}`",
                loss.flags()
            )),
            Self::Row { .. } => Some(
                "`migration-assist mysql` names every such row and its repair; fix them in the \
                 source, or run again with `--on-error quarantine` to quarantine them; finished work is kept"
                    .to_owned(),
            ),
            Self::Rejected { .. } => Some(
                "change the row in the source, or the table in the target, and start again; or run again with \
                 `--on-error quarantine` to quarantine such rows; finished work is kept"
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
            Self::Quarantine(error) => error.hint(),
        }
    }
}

/// Classes of errors that are not about a row, a definition or a statement: the connection, the server's
/// resources, an operator's intervention, the system (PostgreSQL manual, "PostgreSQL Error Codes").
const OF_THE_SERVER: [&str; 4] = ["08", "53", "57", "58"];

/// Whether the server failed, whatever the statement was.
pub(super) fn is_of_the_server(error: &postgres::Error) -> bool {
    error.sqlstate().is_none_or(|code| OF_THE_SERVER.iter().any(|class| code.starts_with(class)))
}

fn once_it_runs(server: &str) -> String {
    go_on(&format!("check that the {server} server runs (its log says more) and start again"))
}

fn go_on(hint: &str) -> String {
    format!("{hint}; the same command resumes from here")
}

fn list(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
