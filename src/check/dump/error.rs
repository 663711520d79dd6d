//! Why a dump cannot be checked.

use crate::dump::{self, DUMP_COMMAND};

/// Why a dump cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Dump(#[from] dump::Error),
    #[error("the dump defines no table")]
    NoTables,
    /// It ends before the tables that identify Mattermost.
    #[error(
        "the dump is cut short: it ends at byte {offset}, before the tables by which Mattermost is \
         recognised (`db_migrations`, `Systems`); {}",
        seen(.tables)
    )]
    CutShort {
        /// The byte at which it ends.
        offset: u64,
        tables: Vec<String>,
    },
    /// No database belongs to Mattermost.
    #[error("the dump contains no Mattermost database: {}", listed(.databases))]
    NoMattermost {
        /// The databases in the dump.
        databases: Vec<String>,
    },
    /// Several databases belong to Mattermost.
    #[error("the dump contains several Mattermost databases: {}", names(.databases))]
    Ambiguous {
        /// The Mattermost databases in the dump.
        databases: Vec<String>,
    },
    /// The requested database is missing.
    #[error("the dump contains no database `{name}`, only: {}", names(.databases))]
    NoDatabase {
        /// The requested database.
        name: String,
        /// The databases in the dump.
        databases: Vec<String>,
    },
}

fn listed(databases: &[String]) -> String {
    const MISSING: &str = "there is neither table `db_migrations` nor table `Systems`";
    match names(databases) {
        names if names.is_empty() => MISSING.to_owned(),
        names => format!("{MISSING} in {names}"),
    }
}

fn names(databases: &[String]) -> String {
    let named = databases.iter().filter(|name| !name.is_empty());
    named.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The most tables that are listed.
const NAMED: usize = 10;

fn seen(tables: &[String]) -> String {
    let named = tables.iter().take(NAMED).map(|name| format!("`{name}`"));
    let named = named.collect::<Vec<_>>().join(", ");
    match tables.len().saturating_sub(NAMED) {
        _ if tables.is_empty() => "there is no table before that".to_owned(),
        0 => format!("tables before that: {named}"),
        more => format!("tables before that: {named} and {more} more"),
    }
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Dump(error) => error.hint(),
            Self::CutShort { .. } => Some(format!(
                "make the dump again, and check its exit status and error output: `{DUMP_COMMAND}`"
            )),
            Self::NoTables | Self::NoMattermost { .. } => {
                Some(format!("dump Mattermost's own database: `{DUMP_COMMAND}`"))
            }
            Self::Ambiguous { .. } | Self::NoDatabase { .. } => {
                Some("name the one to read with `--database NAME`".to_owned())
            }
        }
    }
}
