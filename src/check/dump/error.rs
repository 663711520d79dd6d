//! Why a dump cannot be checked.

use crate::dump;

/// Why a dump cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error(transparent)]
    Dump(#[from] dump::Error),
    /// It defines no table.
    #[error("the dump defines no table")]
    NoTables,
    /// None of its databases is Mattermost's.
    #[error("the dump holds no Mattermost: {}", listed(.databases))]
    NoMattermost {
        /// The databases that it holds.
        databases: Vec<String>,
    },
    /// Several of its databases are Mattermost's.
    #[error("the dump holds more than one Mattermost: {}", listed(.databases))]
    Ambiguous {
        /// The databases that it holds.
        databases: Vec<String>,
    },
    /// It does not hold the database that was asked for.
    #[error("the dump holds no database `{name}`: {}", listed(.databases))]
    NoDatabase {
        /// The database that was asked for.
        name: String,
        /// The databases that it holds.
        databases: Vec<String>,
    },
}

fn listed(databases: &[String]) -> String {
    let named: Vec<String> =
        databases.iter().filter(|name| !name.is_empty()).map(|name| format!("`{name}`")).collect();
    match named.len() {
        0 => "it has neither `db_migrations` nor `Systems`".to_owned(),
        _ => format!("its databases are {}", named.join(", ")),
    }
}

impl Error {
    /// What to do next, where something can be said: an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Dump(error) => error.hint(),
            Self::NoTables | Self::NoMattermost { .. } => Some(
                "dump Mattermost's own database: `mysqldump --single-transaction --hex-blob \
                 DATABASE > mattermost.sql`"
                    .to_owned(),
            ),
            Self::Ambiguous { .. } | Self::NoDatabase { .. } => {
                Some("name the one to read with `--database NAME`".to_owned())
            }
        }
    }
}
