//! Why the ledger cannot be read or written.

use crate::postgres;

/// Why the ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A newer version of this tool created it.
    #[error(
        "the target's schema `migration_assist` has version {found}; this program supports versions up \
         to {supported}"
    )]
    Newer {
        found: i32,
        /// The newest version that is supported.
        supported: i32,
    },
    /// It contains a value that this tool does not write.
    #[error("unexpected value in the target's schema `migration_assist`: {what}")]
    Unreadable {
        /// The column, and what was expected.
        what: &'static str,
    },
    /// The target failed.
    #[error(transparent)]
    Target(#[from] postgres::Error),
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Newer { .. } => Some(
                "use the version of migration-assist that made the schema, or a newer one"
                    .to_owned(),
            ),
            Self::Unreadable { .. } => None,
            Self::Target(error) => error.hint(),
        }
    }

    /// Whether the account may only read, or the server only serves reads, such as a standby.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        matches!(self, Self::Target(error) if error.is_read_only())
    }
}
