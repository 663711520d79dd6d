//! Why a source cannot be read.

use super::Doubt;
use crate::dump::DUMP_COMMAND;
use crate::{dump, mysql};

/// Why a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server failed.
    #[error(transparent)]
    Server(#[from] mysql::Error),
    /// The dump cannot be read.
    #[error(transparent)]
    Dump(#[from] dump::Error),
    /// A part of a server's table was requested from a dump, or the other way round.
    #[error("an earlier run split the table for another source")]
    ForeignPart,
    /// The dump can be read only once.
    #[error("cannot copy from standard input: a dump is read twice")]
    ReadOnce,
    /// The dump, or a part of it, ends too early.
    #[error("the dump is cut short: {}", cut(*.start, *.offset, .table.as_deref()))]
    CutShort {
        /// The start of the part.
        start: u64,
        /// The position at which it ends.
        offset: u64,
        /// The first table of the part.
        table: Option<String>,
    },
    /// The dump program reported an error in the dump.
    #[error("the dump is incomplete: line {line} is an error that its program reported{}", of_table(.table.as_deref()))]
    Reported {
        /// The line.
        line: u64,
        /// The table that the line names.
        table: Option<String>,
    },
    /// A line of the dump is neither SQL nor a known message.
    #[error("the dump may be incomplete: line {line} is neither SQL nor a known warning")]
    ForeignLine {
        /// The line.
        line: u64,
    },
    /// The user has not accepted a doubt.
    #[error("cannot rely on the dump: {0}")]
    Doubt(Doubt),
    /// The dump contains no rows.
    #[error("the dump holds definitions and no rows")]
    NoRows,
}

/// The start and the end of a part of a dump, with its first table.
#[must_use]
pub fn cut(start: u64, end: u64, table: Option<&str>) -> String {
    match (start, table) {
        (0, _) => format!("it ends at byte {end} without its closing line"),
        (_, Some(table)) => format!(
            "its part from byte {start}, which begins with table `{table}`, ends at byte {end} without a \
             closing line"
        ),
        (_, None) => {
            format!("its part from byte {start} ends at byte {end} without a closing line")
        }
    }
}

fn of_table(table: Option<&str>) -> String {
    table.map(|table| format!(", about table `{table}`")).unwrap_or_default()
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Server(error) => error.hint(),
            Self::Dump(error) => error.hint(),
            Self::ForeignPart => Some("run again with `--restart` to start over".to_owned()),
            Self::ReadOnce => {
                Some("write it to a file, plain or compressed, and name the file".to_owned())
            }
            Self::CutShort { .. } | Self::Reported { .. } => Some(format!(
                "make the dump again, and check its exit status and error output: `{DUMP_COMMAND}`"
            )),
            Self::ForeignLine { line } => Some(format!(
                "look at line {line} of the file: make the dump again, or delete the line if no rows depend \
                 on it"
            )),
            Self::Doubt(doubt) => Some(doubt.hint()),
            Self::NoRows => Some("make the dump without `--no-data`".to_owned()),
        }
    }
}
