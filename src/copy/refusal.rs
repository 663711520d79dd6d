//! Reasons not to start a copy.

use schemars::JsonSchema;
use serde::Serialize;

use crate::convert::{NotPlannable, Obstacle};
use crate::release::MigrationSet;
use crate::source::{DumpGap, NoSpan};

/// A reason not to start, found before the first row is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Refusal {
    /// A side is not a Mattermost database.
    #[error("the {side} has no table `db_migrations`")]
    NoMigrations {
        /// `source` or `target`.
        side: &'static str,
    },
    /// The two schemas come from different sets of migrations.
    #[error("the target's schema differs from the source's: {}", describe(missing, beyond))]
    OtherMigrations {
        /// Migrations that the target lacks.
        missing: MigrationSet,
        /// Migrations that the source lacks.
        beyond: MigrationSet,
    },
    /// A table of the target has rows that no copy wrote.
    #[error("table `{table}` of the target has rows")]
    Occupied {
        /// The table's name in the target.
        table: String,
    },
    /// The target has a table that the source does not have, or does not show.
    #[error(
        "cannot find table `{table}` in the source: it is missing or the account has no access"
    )]
    MissingInSource {
        /// The table's name in the target.
        table: String,
    },
    /// There is no table of that name.
    #[error("table `{name}` exists neither in the source nor in the target")]
    UnknownTable {
        /// The name as given.
        name: String,
    },
    /// Tables of the source whose names differ only by case.
    #[error("the source has tables whose names differ only by case: {}", tables.join(", "))]
    SameName {
        /// The names in the source.
        tables: Vec<String>,
    },
    /// The account cannot read a table of the source.
    #[error("the source's account may not read table `{table}`")]
    Unreadable {
        /// The table's name in the source.
        table: String,
    },
    /// Some of the tables that belong together exist in the target, and others do not.
    #[error("the target has only a part of the tables of {name}; it lacks {}", missing.join(", "))]
    PartlyThere {
        /// The product or group of tables.
        name: String,
        /// The names of the missing tables in the target.
        missing: Vec<String>,
    },
    /// The columns of a table cannot be converted.
    #[error("table `{table}`: {obstacle}")]
    NotConvertible {
        /// The table's name in the source.
        table: String,
        /// The reason.
        obstacle: String,
    },
    /// Local times of the source have an unknown time zone.
    #[error("table `{table}`: the time zone of the values in column `{column}` is unknown")]
    TimeZone {
        /// The table's name in the source.
        table: String,
        /// The column's name in the source.
        column: String,
    },
    /// An earlier run converted the rows of a table in another time zone.
    #[error(
        "table `{table}`: an earlier run converted column `{column}` by another time zone ({earlier}; \
         now {now})"
    )]
    OtherTimeZone {
        /// The table's name in the source.
        table: String,
        /// The column's name in the source.
        column: String,
        /// The zone of the earlier run, with its policy for ambiguous times.
        earlier: String,
        /// The zone of this run, with its policy.
        now: String,
    },
    /// The target's database cannot store every character.
    #[error(
        "the target's database is encoded in {encoding}, which does not have every character of UTF-8"
    )]
    Encoding {
        /// The encoding.
        encoding: String,
        /// The statement that creates another database, if the server can.
        creation: Option<String>,
    },
    /// The target's account lacks a privilege.
    #[error("the target's account lacks a right: {statement}")]
    Privilege {
        /// The statement that grants it.
        statement: String,
    },
    /// The definition of a table in the dump has an unsupported clause.
    #[error("cannot read the dump's definition of table `{table}`")]
    NotUnderstood {
        /// The table's name in the source.
        table: String,
    },
    /// The dump lacks something about a table.
    #[error("table `{table}`: {what}")]
    DumpGap {
        /// The table's name in the source.
        table: String,
        /// What is missing.
        what: DumpGap,
    },
    /// The target's disk has too little free space.
    #[error(
        "the target's disk has {} MiB free, and the rows take about {} MiB with their indexes",
        free >> 20,
        needed >> 20
    )]
    Space {
        /// The estimated number of bytes needed.
        needed: u64,
        /// The number of free bytes.
        free: u64,
    },
    /// The ledger's record of a table's parts is not one of this version.
    #[error("cannot resume table `{table}`: the record of its parts cannot be read")]
    UnreadableParts {
        /// The table's name in the target.
        table: String,
    },
    /// No position of the source's log is known from which it can be followed.
    #[error("the copy has no start position that can be followed from: {}", describe_span(*reason))]
    NoLogStart {
        /// Why.
        reason: NoSpan,
    },
    /// An earlier run did not record from where on the log can be followed.
    #[error("an earlier run copied rows without `--live`")]
    NotFollowable,
    /// An earlier run copied from another source.
    #[error("an earlier run copied from another source, `{earlier}`")]
    OtherSource {
        /// The name of that source.
        earlier: String,
    },
}

impl Refusal {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoMigrations { side: "source" } => {
                "check the database's name in the MySQL DSN; Mattermost before 6.4 must be upgraded first"
                    .to_owned()
            }
            Self::NoMigrations { .. } | Self::OtherMigrations { .. } => {
                "build the source's own schema: `migration-assist mysql --output mysql.output`, \
                 then `migration-assist postgres --run-migrations --applied-migrations \
                 mysql.output`"
                    .to_owned()
            }
            Self::Occupied { .. } => {
                "keep these rows: name another database at the end of the DSN, or another schema with `--schema \
                 NAME`; or, to delete them, run again with `--truncate-target`"
                    .to_owned()
            }
            Self::MissingInSource { table } => format!(
                "grant SELECT on it to the source's account, or skip it: `--exclude {table}`"
            ),
            Self::PartlyThere { .. } => "skip them all with `--exclude`; or, if nothing needs the part \
                 that is there, drop it, and the copy makes all of them"
                .to_owned(),
            Self::SameName { .. } => "run `migration-assist mysql`, which prints the table that \
                 Mattermost reads and a statement that renames the other"
                .to_owned(),
            Self::UnknownTable { .. } => "correct `--tables` or `--exclude`".to_owned(),
            Self::Unreadable { .. } => {
                "give the account SELECT on the database as an administrator of the source; `SHOW GRANTS;` with \
                 this account prints its name and what it has"
                    .to_owned()
            }
            Self::NotConvertible { table, .. } => {
                format!("compare the schemas with `migration-assist mysql \
                         --full-schema-check`, or skip it: `--exclude {table}`")
            }
            Self::TimeZone { table, .. } => format!(
                "name the zone in which the values were written, such as `--source-time-zone \
                 Europe/Berlin` or `--source-time-zone UTC`, or skip the table: `--exclude {table}`"
            ),
            Self::OtherTimeZone { .. } => "run again without `--source-time-zone` and \
                 `--ambiguous-times`, or copy all rows again by another time zone: `migration-assist \
                 copy --restart --source-time-zone ZONE`"
                .to_owned(),
            Self::NotUnderstood { table } | Self::DumpGap { table, what: DumpGap::Column(_) } => {
                format!("copy from the server itself, or skip it: `--exclude {table}`")
            }
            Self::DumpGap { what: DumpGap::TimeZone, .. } => {
                "name the time zone of the dump, such as `--source-time-zone UTC`, or run `mysqldump` again \
                 without `--skip-tz-utc` and `--compact`"
                    .to_owned()
            }
            Self::Encoding { creation, .. } => format!(
                "create another database and name it in the DSN: {}",
                creation
                    .as_deref()
                    .unwrap_or("CREATE DATABASE mattermost_utf8 ENCODING 'UTF8' TEMPLATE template0;")
            ),
            Self::Privilege { statement } => format!("run on the target: {statement}"),
            Self::Space { .. } => {
                "free disk space on the target, or skip this check with `--no-space-check`"
                    .to_owned()
            }
            Self::NoLogStart { reason } => match reason {
                NoSpan::NoPosition => "turn the binary log on, and give the account the right to see \
                     it: on MySQL GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.*, on MariaDB GRANT \
                     REPLICATION SLAVE, BINLOG MONITOR ON *.*"
                    .to_owned(),
                NoSpan::MayNotLock => {
                    "run as an administrator of the source: GRANT LOCK TABLES ON the database to the \
                     account"
                        .to_owned()
                }
                NoSpan::Blocked => {
                    "run again when no long transaction or backup is running on the source".to_owned()
                }
            },
            Self::NotFollowable => {
                "copy all rows again: `migration-assist copy --live --restart`".to_owned()
            }
            Self::OtherSource { .. } | Self::UnreadableParts { .. } => "run again with `--restart` to start over".to_owned(),
        }
    }

    pub(super) fn of_plan(refused: &NotPlannable) -> impl Iterator<Item = Self> + '_ {
        let table = || refused.table.clone();
        refused.obstacles.iter().map(move |obstacle| match obstacle {
            Obstacle::TimeZoneUnknown { column } => {
                Self::TimeZone { table: table(), column: column.clone() }
            }
            Obstacle::NotConvertible { .. } | Obstacle::NotFed { .. } => {
                Self::NotConvertible { table: table(), obstacle: obstacle.to_string() }
            }
        })
    }
}

fn describe_span(reason: NoSpan) -> &'static str {
    match reason {
        NoSpan::NoPosition => "the source shows no position of its binary log",
        NoSpan::MayNotLock => "the source's account may not lock the tables",
        NoSpan::Blocked => "other sessions kept tables of the source locked",
    }
}

fn describe(missing: &MigrationSet, beyond: &MigrationSet) -> String {
    let part = |set: &MigrationSet, what| (!set.is_empty()).then(|| format!("{what} {set}"));
    let parts = [part(missing, "missing migrations:"), part(beyond, "additional migrations:")];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
