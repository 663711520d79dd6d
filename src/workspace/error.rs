//! Why a source cannot be migrated as a workspace of Mattermost.

use crate::{migrations, mysql};

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
    /// The models of the migrations cannot be built.
    #[error(transparent)]
    Migrations(#[from] migrations::Error),
    /// The source cannot be read.
    #[error(transparent)]
    Server(#[from] mysql::Error),
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
            Self::Migrations(error) => error.hint(),
            Self::Server(error) => error.hint(),
        }
    }
}
