//! What keeps following from starting.

use schemars::JsonSchema;
use serde::Serialize;

/// A reason not to start. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Refusal {
    /// A setting of the source, a right, or a table keeps its log from being followed.
    #[error("{obstacle}")]
    Source {
        /// What it is.
        obstacle: String,
        /// What removes it, as an imperative.
        remedy: String,
    },
    /// Nothing was copied.
    #[error("no copy into schema `{schema}` is on record")]
    NoCopy {
        /// The target's schema.
        schema: String,
    },
    /// The copy is not complete.
    #[error("the copy is not complete")]
    IncompleteCopy,
    /// The copy was not made to be followed.
    #[error("the copy has no start position that can be followed from")]
    NoStart,
    /// The rows came from another server, or another database.
    #[error("this binary log is not that of the source that was copied ({copied}; now {now})")]
    OtherSource {
        /// The source of the copy.
        copied: String,
        /// The source that the DSN names.
        now: String,
    },
    /// A table of the target was dropped since.
    #[error("table `{table}` of the target is not the one that was copied")]
    Replaced {
        /// The target's name of it.
        table: String,
    },
    /// A table of the source is not what it was.
    #[error("the definition of table `{table}` has changed in the source")]
    TableChanged {
        /// The source's name of it.
        table: String,
    },
    /// A table of the source is gone.
    #[error("cannot find table `{table}` in the source")]
    TableMissing {
        /// The target's name of it.
        table: String,
    },
    /// The rows of a table cannot be converted.
    #[error("table `{table}`: {obstacle}")]
    NotConvertible {
        /// The source's name of it.
        table: String,
        /// What is in the way.
        obstacle: String,
    },
    /// A table cannot be followed by key, and is too large to be copied again while nothing writes.
    #[error("table `{table}` cannot be followed by a key of its own, and has more than 1 GB")]
    NotByKey {
        /// The source's name of it.
        table: String,
    },
    /// The target has foreign keys, which rows of the log can break for a while.
    #[error("table `{table}` of the target has the foreign key `{name}`")]
    ForeignKey {
        /// The target's name of the table.
        table: String,
        /// The key.
        name: String,
    },
}

impl Refusal {
    /// What to do about it, as an imperative.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Source { remedy, .. } => remedy.clone(),
            Self::NoCopy { .. } => "run `migration-assist copy --live` first".to_owned(),
            Self::IncompleteCopy => {
                "run `migration-assist copy --live` again, which resumes it".to_owned()
            }
            Self::NoStart
            | Self::OtherSource { .. }
            | Self::Replaced { .. }
            | Self::TableChanged { .. }
            | Self::TableMissing { .. } => {
                "copy again: `migration-assist copy --live --restart`".to_owned()
            }
            Self::NotConvertible { .. } => {
                "run `migration-assist follow` with the version and the flags of the copy"
                    .to_owned()
            }
            Self::NotByKey { table } => format!(
                "copy again without it: `migration-assist copy --live --restart --exclude {table}`"
            ),
            Self::ForeignKey { table, name } => {
                use crate::sql::Dialect::Postgres;
                format!(
                    "run on the target: `ALTER TABLE {} DROP CONSTRAINT {};`",
                    Postgres.identifier(table),
                    Postgres.identifier(name)
                )
            }
        }
    }
}
