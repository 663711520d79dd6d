//! Mattermost's migrations: their SQL, the schema that a set of them creates, and running them.

mod directory;
mod embedded;
mod model;
mod plan;
mod product;
mod requested;
mod rows;
mod run;
mod steps;

use crate::postgres;
use crate::release::MigrationSet;

pub use directory::{Directory, DirectoryError};
pub use embedded::{source, target};
pub use model::{
    each_target_model, is_known_name, known_source_model, known_target_model, past_source_model,
    source_model, target_model,
};
pub use plan::{Applied, Plan, plan};
pub use product::{
    list_product_versions, product_model, product_model_at, product_sql, product_sql_at,
    product_versions,
};
pub use requested::{RequestedSchema, Skew};
pub use rows::tables_with_rows;
pub use run::{RunReport, run, run_directory};
pub(crate) use steps::MIGRATIONS;

/// One migration of Mattermost, for one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The number, the `version` of its row in `db_migrations`.
    pub number: u32,
    /// The exact name in `db_migrations`.
    pub name: String,
    /// The SQL that changes the schema.
    pub sql: String,
    /// Whether Mattermost's own version also changes rows. The SQL here does not: the schema that this tool
    /// builds is empty, and the source's rows were changed already.
    pub changes_rows: bool,
    /// Whether it runs inside a transaction.
    pub transactional: bool,
}

/// Why migrations cannot be read or run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Migrations that this version of the tool does not contain.
    #[error("the migrations {numbers} are not known to this version of migration-assist")]
    Unknown {
        /// The numbers.
        numbers: MigrationSet,
    },
    /// A migration whose SQL the model cannot follow.
    #[error("migration {number} `{name}` cannot be read")]
    Unreadable {
        number: u32,
        name: String,
        #[source]
        source: crate::ddl::Error,
    },
    /// A product's SQL that the model does not support.
    #[error("the tables of {product} cannot be read")]
    UnreadableProduct {
        product: crate::mattermost::Product,
        #[source]
        source: crate::ddl::Error,
    },
    /// A migration that the target rejected; the database is unchanged.
    #[error("migration {number} `{name}` failed")]
    Failed {
        number: u32,
        name: String,
        #[source]
        source: postgres::Error,
    },
    /// The target has more migrations than requested; nothing was changed.
    #[error("the target has migrations that the requested set lacks: {numbers}")]
    Ahead {
        /// The numbers.
        numbers: MigrationSet,
        /// The releases that have exactly the migrations of the target, if any has.
        release: Option<String>,
    },
    /// Pending migrations that would have to change rows, and rows that are there.
    #[error(
        "table `{table}` has rows, which the pending migrations would have to change: {numbers}"
    )]
    RowsWouldBeLeftBehind {
        numbers: MigrationSet,
        /// The first table with rows, by name.
        table: String,
    },
    /// The target failed outside of a migration.
    #[error(transparent)]
    Target(#[from] postgres::Error),
    /// refinery failed.
    #[error("cannot run the migrations")]
    Refinery(#[source] refinery::Error),
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Unknown { .. } => {
                "get a newer migration-assist, or give the migrations of that release with \
                 `--migrations-dir /path/to/mattermost/server/channels/db/migrations/postgres`"
            }
            Self::Ahead { release, .. } => {
                let elsewhere = "name a new database at the end of the DSN, or a new schema with `--schema NAME`";
                return Some(match release {
                    Some(release) => format!(
                        "{elsewhere}; or name the release of the migrations that the schema has, which is \
                         Mattermost {release}, with `--mattermost-version`"
                    ),
                    None => elsewhere.to_owned(),
                });
            }
            Self::RowsWouldBeLeftBehind { .. } => {
                "start the Mattermost release of that set on this database once, which changes \
                 the rows itself; or name a new database at the end of the DSN, or a new schema with \
                 `--schema NAME`"
            }
            Self::Failed { .. } => {
                "the database is unchanged; fix the cause and run the same command again"
            }
            Self::Unreadable { .. } | Self::UnreadableProduct { .. } | Self::Refinery(_) => {
                return None;
            }
            Self::Target(error) => return error.hint(),
        };
        Some(hint.to_owned())
    }
}
