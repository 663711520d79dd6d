//! Why a verification could not come to an end.

use crate::{ledger, postgres, source};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source does not answer as it should.
    #[error("the source cannot be read")]
    Source(#[from] source::Error),
    /// The target does not answer as it should.
    #[error("the target cannot be read")]
    Target(#[from] postgres::Error),
    /// A table of the source cannot be read.
    #[error("cannot read table `{table}` of the source")]
    ReadSource {
        /// The source's name of it.
        table: String,
        /// What it says.
        #[source]
        source: source::Error,
    },
    /// A table of the target cannot be read.
    #[error("cannot read table `{table}` of the target")]
    ReadTarget {
        /// The target's name of it.
        table: String,
        /// What the server says.
        #[source]
        source: postgres::Error,
    },
    /// The target sent a row that does not have the columns asked for.
    #[error("table `{table}` of the target sent a row of an unexpected form")]
    UnexpectedRow {
        /// The target's name of it.
        table: String,
    },
    /// A name that was asked for is no table of either side.
    #[error("neither side has a table `{table}`")]
    UnknownTable {
        /// The name.
        table: String,
    },
    /// Neither side has a table to compare.
    #[error("there is no table to compare in schema `{schema}`")]
    NothingToCompare {
        /// The target's schema.
        schema: String,
    },
    /// The outcome cannot be recorded.
    #[error("cannot record the outcome in the target's schema `migration_assist`")]
    Record(#[from] ledger::Error),
    /// A reader was ended from outside.
    #[error("a reader ended before its time")]
    Interrupted,
}

impl Error {
    /// The next step, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTable { .. } => {
                Some("give the name as either side spells it, without its schema".to_owned())
            }
            Self::NothingToCompare { .. } => Some(
                "name the schema of Mattermost's tables with `--schema`, and its database at the \
                 end of the DSN"
                    .to_owned(),
            ),
            Self::Record(error) => error.hint(),
            _ => None,
        }
    }
}
