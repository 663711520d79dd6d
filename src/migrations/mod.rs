//! Mattermost's migrations: what they are, the schema that a set of them gives, and running them.

mod directory;
mod embedded;
mod model;
mod plan;
mod product;
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
pub use product::{product_model, product_model_at, product_sql, product_sql_at, product_versions};
pub use rows::tables_with_rows;
pub use run::{RunReport, run, run_directory};

/// One migration of Mattermost, for one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its number, the `version` of its row in `db_migrations`.
    pub number: u32,
    /// Its exact name in `db_migrations`.
    pub name: String,
    /// What it does to the schema.
    pub sql: String,
    /// Whether Mattermost's own version of it changes rows, which ours does not: the schema that this
    /// tool builds is empty, and the source's rows have been changed already.
    pub changes_rows: bool,
    /// Whether it runs inside a transaction.
    pub transactional: bool,
}

/// Why migrations could not be read or run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Numbers that are in no migration known here.
    #[error("the migrations {numbers} are not known to this version of migration-assist")]
    Unknown {
        /// The numbers.
        numbers: MigrationSet,
    },
    /// A migration whose SQL the model cannot follow.
    #[error("migration {number} `{name}` cannot be read")]
    Unreadable {
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
        /// What is wrong with it.
        #[source]
        source: crate::ddl::Error,
    },
    /// A product's SQL that the model cannot follow.
    #[error("the tables of {product} cannot be read")]
    UnreadableProduct {
        /// The product.
        product: crate::schema::Product,
        /// What is wrong with it.
        #[source]
        source: crate::ddl::Error,
    },
    /// A migration that the target refused; the database is as it was before.
    #[error("migration {number} `{name}` failed")]
    Failed {
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
        /// What the target said.
        #[source]
        source: postgres::Error,
    },
    /// A target that has more than it is to have; nothing was changed.
    #[error("the target has the migrations {numbers}, which the asked set has not")]
    Ahead {
        /// The numbers.
        numbers: MigrationSet,
    },
    /// Pending migrations that would have to change rows, and rows that are there.
    #[error(
        "table `{table}` holds rows, and the pending migrations {numbers} would have to change them"
    )]
    RowsWouldBeLeftBehind {
        /// The migrations.
        numbers: MigrationSet,
        /// The first table with rows, by name.
        table: String,
    },
    /// The target, outside of a migration.
    #[error(transparent)]
    Target(#[from] postgres::Error),
    /// Refinery itself.
    #[error("the migrations cannot be run")]
    Refinery(#[source] refinery::Error),
}

impl Error {
    /// What to do next, where something can be said: an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Unknown { .. } => {
                "get a newer migration-assist, or give the migrations of that release with \
                 `--migrations-dir /path/to/mattermost/server/channels/db/migrations/postgres`"
            }
            Self::Ahead { .. } => {
                "empty the schema, `DROP SCHEMA … CASCADE` and `CREATE SCHEMA …`, and run this again"
            }
            Self::RowsWouldBeLeftBehind { .. } => {
                "start the Mattermost release of that set on this database once, which changes \
                 the rows itself, or empty the schema and run this again"
            }
            Self::Failed { .. } => {
                "the database is as it was; mend the cause and run the same command again"
            }
            Self::Unreadable { .. } | Self::UnreadableProduct { .. } | Self::Refinery(_) => {
                return None;
            }
            Self::Target(error) => return error.hint(),
        };
        Some(hint.to_owned())
    }
}
