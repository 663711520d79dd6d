//! Mattermost's migrations: what they are, the schema that a set of them gives, and running them.

mod directory;
mod embedded;
mod model;
mod plan;

use crate::release::MigrationSet;

pub use directory::{Directory, DirectoryError};
pub use embedded::{source, target};
pub use model::{product_model, product_sql, source_model, target_model};
pub use plan::{Applied, Plan, plan};

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
}
