//! Why a verification failed.

use crate::source::NoSpan;
use crate::{ledger, postgres, source};

/// Why a verification failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source failed.
    #[error("the source cannot be read")]
    Source(#[from] source::Error),
    /// The target failed.
    #[error("the target cannot be read")]
    Target(#[from] postgres::Error),
    /// A table of the source cannot be read.
    #[error("cannot read table `{table}` of the source")]
    ReadSource {
        /// The table's name in the source.
        table: String,
        #[source]
        source: source::Error,
    },
    /// A table of the target cannot be read.
    #[error("cannot read table `{table}` of the target")]
    ReadTarget {
        /// The table's name in the target.
        table: String,
        #[source]
        source: postgres::Error,
    },
    /// The target sent a row without the requested columns.
    #[error("table `{table}` of the target sent a row of an unexpected form")]
    UnexpectedRow {
        /// The table's name in the target.
        table: String,
    },
    /// Neither side has a table of that name.
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
    /// No sessions can be opened that see the source at one known position of its log.
    #[error("cannot read the source at one position of its binary log: {}", describe_reason(*reason))]
    NoPosition {
        /// Why.
        reason: NoSpan,
    },
    /// The log is not applied exactly up to the position at which the source is compared.
    #[error("the source's log is not applied up to {position}: another run follows it")]
    NotApplied {
        /// The position.
        position: String,
    },
    /// A key in the ledger is not one of the table.
    #[error("the ledger's keys of table `{table}` do not belong to its key")]
    UnreadableKey {
        /// The table's name in the target.
        table: String,
    },
    /// A reader task was cancelled.
    #[error("a reader ended before its time")]
    Interrupted,
}

impl Error {
    /// The next step.
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
            Self::NoPosition { reason: NoSpan::MayNotLock } => Some(
                "give the source's account LOCK TABLES on its database, which keeps writers waiting for less \
                 than two seconds, and run this command again"
                    .to_owned(),
            ),
            Self::NoPosition { reason: NoSpan::NoPosition } => Some(
                "enable the source's binary log, then copy again with `migration-assist copy --live --restart`"
                    .to_owned(),
            ),
            Self::NoPosition { reason: NoSpan::Blocked } => Some(
                "wait until no session locks the source's tables (`SHOW FULL PROCESSLIST;` lists the sessions), \
                 and run this command again"
                    .to_owned(),
            ),
            Self::UnreadableKey { .. } => {
                Some("compare all rows again: `migration-assist migrate --live`".to_owned())
            }
            Self::NotApplied { .. } => {
                Some("end the other run, and run this command again".to_owned())
            }
            _ => None,
        }
    }
}

fn describe_reason(reason: NoSpan) -> &'static str {
    match reason {
        NoSpan::NoPosition => "the server shows none",
        NoSpan::MayNotLock => "the account may not lock the tables",
        NoSpan::Blocked => "other sessions kept tables locked",
    }
}
