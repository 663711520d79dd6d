//! Why a source cannot be read.

use super::Doubt;
use crate::dump::DUMP_COMMAND;
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
    #[error("cannot copy from standard input: a dump is read twice")]
    ReadOnce,
    /// A part of the dump ends before its end.
    #[error("the dump is cut short: {}", cut(*.start, *.offset, .table.as_deref()))]
    CutShort {
        /// Where the part begins.
        start: u64,
        /// Where what is missing begins.
        offset: u64,
        /// The first table of the part.
        table: Option<String>,
    },
    /// A program reported an error in the dump.
    #[error("the dump is incomplete: line {line} is an error that its program reported{}", of_table(.table.as_deref()))]
    Reported {
        /// The line.
        line: u64,
        /// The table that it names.
        table: Option<String>,
    },
    /// Something stands in the dump that is neither SQL nor a known message.
    #[error("the dump may be incomplete: line {line} is neither SQL nor a known warning")]
    ForeignLine {
        /// The line.
        line: u64,
    },
    /// The user has not accepted a doubt.
    #[error("cannot rely on the dump: {0}")]
    Doubt(Doubt),
    /// The dump holds no rows.
    #[error("the dump holds definitions and no rows")]
    NoRows,
}

/// Where a part of a dump begins and ends, with its first table.
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
    /// What to do next, where something can be said: an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Server(error) => error.hint(),
            Self::Dump(error) => error.hint(),
            Self::ForeignPart => Some("run again with `--restart` to begin anew".to_owned()),
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
