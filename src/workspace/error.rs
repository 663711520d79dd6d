//! Why a source cannot be migrated as a workspace of Mattermost.

use crate::check::describe_unknown_version;
use crate::check::policy::{BadDecision, BadOverride};
use crate::convert::NotPlannable;
use crate::mattermost::Product;
use std::io;

use crate::{
    check, copy, dump, follow, ledger, migrations, mysql, postgres, quarantine, source, verify,
};

/// Why a source cannot be migrated as a workspace of Mattermost.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user chose Calls without Mattermost, or the reverse.
    #[error(
        "the tables of calls go with those of mattermost, whose `PluginKeyValueStore` holds its keys"
    )]
    CallsAlone,
    /// Names on the target have no capitals, so that two tables would become one.
    #[error("the tables `{first}` and `{second}` differ only by capitals")]
    CollidingNames {
        /// One table.
        first: String,
        /// The other.
        second: String,
    },
    /// The database of the DSN is another one.
    #[error(
        "database `{database}` holds no Mattermost: it has no `db_migrations` and no `Systems`"
    )]
    NoMattermost {
        /// The database.
        database: String,
    },
    /// The tables of Calls are of a version that is not known.
    #[error(
        "{}, and its keys in `PluginKeyValueStore` go with them",
        describe_unknown_version(Product::Calls, found, known)
    )]
    UnknownCalls {
        /// The version; empty if it is not recorded.
        found: String,
        /// The known versions, as text.
        known: String,
        /// The products that can be copied, as the value of `--products`.
        others: String,
    },
    /// A plugin has a newer schema on the target than on the source.
    #[error(
        "the target's tables of {product} are of version {target}, newer than the source's {source_version}"
    )]
    NewerProduct {
        /// The plugin.
        product: Product,
        /// Its version on the target.
        target: String,
        /// Its version on the source.
        source_version: String,
        /// The schema of the target.
        schema: String,
    },
    /// A server grants no session for work.
    #[error(
        "the connection limits of the {server} server leave too few sessions: {sessions} (needed: {needed})"
    )]
    TooFewSessions {
        /// The kind of server.
        server: &'static str,
        /// The sessions that it grants.
        sessions: u32,
        /// The sessions that the least work needs.
        needed: u32,
        /// A statement that raises the limit.
        remedy: String,
    },
    /// The policy for a column cannot be taken.
    #[error("cannot use `--on-overflow`")]
    UnusableOverride(#[from] BadOverride),
    /// A decision cannot be taken.
    #[error("cannot use a decision")]
    UnusableDecision(#[from] BadDecision),
    /// The ledger records a decision that this version does not have.
    #[error("unrecognised decision in the ledger: `{kind} {place}={action}`")]
    UnrecognisedDecision {
        /// The flag, without its hyphens.
        kind: String,
        /// The column, table or rule.
        place: String,
        /// The action.
        action: String,
    },
    /// The flags contradict the time zone that the copy used.
    #[error(
        "the copy converted column `{column}` of table `{table}` by another time zone: {earlier}"
    )]
    OtherTimeZone {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The time zone of the copy.
        earlier: String,
    },
    /// The target has no text search configuration of that name.
    #[error("text search configuration `{name}` does not exist in the target")]
    UnknownTextSearch {
        /// The name.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// PostgreSQL has no text search configuration for the language.
    #[error("PostgreSQL has no such text search language")]
    UnknownLanguage {
        /// The languages that it has.
        known: Vec<String>,
    },
    /// Another text search configuration has the name of the one that ignores accents.
    #[error("text search configuration `{name}` does not ignore accents")]
    TextSearchNameTaken {
        /// The name.
        name: String,
    },
    /// The models of the migrations cannot be built.
    #[error(transparent)]
    Migrations(#[from] migrations::Error),
    /// The source's server cannot be read.
    #[error(transparent)]
    Server(#[from] mysql::Error),
    /// The dump cannot be read.
    #[error(transparent)]
    Dump(#[from] dump::Error),
    /// The dump cannot be checked.
    #[error(transparent)]
    Survey(#[from] check::dump::Error),
    /// The source's rows cannot be read.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The target cannot be read or written.
    #[error(transparent)]
    Target(#[from] postgres::Error),
    /// The ledger cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A table cannot be converted.
    #[error(transparent)]
    NotPlannable(#[from] NotPlannable),
    /// The rows cannot be copied.
    #[error(transparent)]
    Copy(#[from] copy::Error),
    /// The source cannot be followed.
    #[error(transparent)]
    Follow(#[from] follow::Error),
    /// The quarantine cannot be opened.
    #[error(transparent)]
    Quarantine(#[from] quarantine::Error),
    /// The answer to a question cannot be read.
    #[error("cannot read an answer from the terminal")]
    NoAnswer(#[source] io::Error),
    /// The rows cannot be compared.
    #[error(transparent)]
    Verify(#[from] verify::Error),
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::CallsAlone => Some("name both in `--products`, or neither".to_owned()),
            Self::CollidingNames { second, .. } => {
                let rename = format!("RENAME TABLE `{second}` TO `{second}_2`");
                Some(format!("rename one of them on MySQL: {rename}"))
            }
            Self::NoMattermost { .. } => {
                Some("name Mattermost's database at the end of the DSN".to_owned())
            }
            Self::UnknownCalls { others, .. } => {
                let product_flags = format!("--products {others}");
                Some(format!(
                    "start a known version of Calls once on MySQL; or copy its tables by their types: \
                     `migration-assist copy --copy-unknown`; or leave them behind: `migration-assist copy \
                     {product_flags}`"
                ))
            }
            Self::NewerProduct { schema, .. } => Some(format!(
                "start the target's version of the plugin once on MySQL, which upgrades its tables there; or \
                 drop the plugin's tables in schema `{schema}`, which the copy then makes; or leave the \
                 plugin behind with `--products`"
            )),
            Self::TooFewSessions { remedy, .. } => {
                Some(format!("close other sessions, or let an administrator run: {remedy}"))
            }
            Self::UnusableOverride(error) => Some(error.hint()),
            Self::UnusableDecision(error) => Some(error.hint()),
            Self::UnrecognisedDecision { .. } => {
                Some("run the version of migration-assist that copied the rows".to_owned())
            }
            Self::UnknownTextSearch { known, .. } => {
                Some(format!("correct `--text-search-config`; there are: {}", known.join(", ")))
            }
            Self::UnknownLanguage { known } => {
                Some(format!("correct `--text-search-language`; there are: {}", known.join(", ")))
            }
            Self::TextSearchNameTaken { name } => {
                Some(format!("rename it: ALTER TEXT SEARCH CONFIGURATION {name} RENAME TO …;"))
            }
            Self::OtherTimeZone { .. } => Some(
                "run again without `--source-time-zone` and `--ambiguous-times`, or copy all rows again \
                 by another time zone: `migration-assist copy --restart --source-time-zone ZONE`"
                    .to_owned(),
            ),
            Self::Migrations(error) => error.hint(),
            Self::Server(error) => error.hint(),
            Self::Dump(error) => error.hint(),
            Self::Survey(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::Target(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
            Self::NotPlannable(_) => None,
            Self::Copy(error) => error.hint(),
            Self::Quarantine(error) => error.hint(),
            Self::NoAnswer(_) => {
                Some("run it without a terminal, and accept the loss with the flags that it prints".to_owned())
            }
            Self::Follow(error) => error.hint(),
            Self::Verify(error) => error.hint(),
        }
    }
}
