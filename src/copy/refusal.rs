//! Why a copy does not even start.

use serde::Serialize;

use crate::convert::{NotPlannable, Obstacle};
use crate::release::MigrationSet;
use crate::source::DumpGap;

/// A reason not to start, found before the first row is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Refusal {
    /// A side has never been a Mattermost database.
    #[error("the {side} has no table `db_migrations`")]
    NoMigrations {
        /// `source` or `target`.
        side: &'static str,
    },
    /// The two schemas are not of the same set of migrations.
    #[error("the target's schema is another one: {}", describe(missing, beyond))]
    OtherMigrations {
        /// What the source has and the target lacks.
        missing: MigrationSet,
        /// What the target has and the source lacks.
        beyond: MigrationSet,
    },
    /// A table of the target holds rows that no copy has written.
    #[error("table `{table}` of the target holds rows")]
    Occupied {
        /// The target's name of it.
        table: String,
    },
    /// A table that the target has and the source does not, or does not show.
    #[error(
        "cannot find table `{table}` in the source: it is missing or the account has no access"
    )]
    MissingInSource {
        /// The target's name of it.
        table: String,
    },
    /// A name that no table has.
    #[error("there is no table `{name}` on both sides")]
    UnknownTable {
        /// As it was given.
        name: String,
    },
    /// Tables of the source whose names differ only by case.
    #[error("the source has tables whose names differ only by case: {}", tables.join(", "))]
    SameName {
        /// Their names on the source.
        tables: Vec<String>,
    },
    /// The source does not let us read a table.
    #[error("the source's account may not read table `{table}`")]
    Unreadable {
        /// The source's name of it.
        table: String,
    },
    /// Some of the tables that belong together are on the target, and others are not.
    #[error("the target has only a part of the tables of {name}; it lacks {}", missing.join(", "))]
    PartlyThere {
        /// What they belong to.
        name: String,
        /// The target's names of those that it lacks.
        missing: Vec<String>,
    },
    /// A table whose columns cannot be carried over.
    #[error("table `{table}`: {obstacle}")]
    NotConvertible {
        /// The source's name of it.
        table: String,
        /// What is in the way.
        obstacle: String,
    },
    /// Local times of the source whose time zone is not known.
    #[error("table `{table}`: the time zone of the values in column `{column}` is unknown")]
    TimeZone {
        /// The source's name of the table.
        table: String,
        /// The source's name of the column.
        column: String,
    },
    /// An earlier run converted the rows of a table by another time zone.
    #[error(
        "table `{table}`: an earlier run converted column `{column}` by another time zone ({earlier}; \
         now {now})"
    )]
    OtherTimeZone {
        /// The source's name of the table.
        table: String,
        /// The source's name of the column.
        column: String,
        /// The zone of the earlier run, with its choice for ambiguous times.
        earlier: String,
        /// The same of this run.
        now: String,
    },
    /// The target's account lacks a right.
    #[error("the target's account lacks a right: {statement}")]
    Privilege {
        /// What gives it.
        statement: String,
    },
    /// A table whose definition in the dump has something that is not known here.
    #[error("the dump's definition of table `{table}` is not understood")]
    NotUnderstood {
        /// The source's name of it.
        table: String,
    },
    /// Something that the dump does not tell of a table.
    #[error("table `{table}`: {what}")]
    DumpGap {
        /// The source's name of it.
        table: String,
        /// What it is.
        what: DumpGap,
    },
    /// The target's disk has too little room.
    #[error(
        "the target's disk has {} MiB free, and the rows take about {} MiB with their indexes",
        free >> 20,
        needed >> 20
    )]
    Space {
        /// About how many bytes are needed.
        needed: u64,
        /// How many are free.
        free: u64,
    },
    /// The ledger's record of a table's parts is none that this version writes.
    #[error("cannot resume table `{table}`: the record of its parts cannot be read")]
    UnreadableParts {
        /// The target's name of it.
        table: String,
    },
    /// The rows that an earlier run copied came from somewhere else.
    #[error("an earlier run copied from another source, `{earlier}`")]
    OtherSource {
        /// Its name.
        earlier: String,
    },
}

impl Refusal {
    /// What to do about it, as an imperative.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoMigrations { side: "source" } => {
                "check the database's name in the MySQL DSN; Mattermost before 6.4 must be upgraded first"
                    .to_owned()
            }
            Self::NoMigrations { .. } | Self::OtherMigrations { .. } => {
                "build the source's own schema: `migration-assist mysql DSN --output mysql.output`, \
                 then `migration-assist postgres DSN --run-migrations --applied-migrations \
                 mysql.output`"
                    .to_owned()
            }
            Self::Occupied { .. } => {
                "run again with `--truncate-target` if these rows may go".to_owned()
            }
            Self::MissingInSource { table } => format!(
                "grant SELECT on it to the source's account, or leave it alone: `--exclude {table}`"
            ),
            Self::PartlyThere { .. } => "drop the part that is there, if nothing needs it: the copy \
                 makes all of them; or leave them all alone with `--exclude`"
                .to_owned(),
            Self::SameName { .. } => "run `migration-assist mysql`, which prints the table that \
                 Mattermost reads and a statement that renames the other"
                .to_owned(),
            Self::UnknownTable { .. } => "correct `--tables` or `--exclude`".to_owned(),
            Self::Unreadable { .. } => {
                "run as an administrator of the source: GRANT SELECT ON the database to the account"
                    .to_owned()
            }
            Self::NotConvertible { table, .. } => {
                format!("compare the schemas with `migration-assist mysql DSN \
                         --full-schema-check`, or leave it alone: `--exclude {table}`")
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
                format!("copy from the server itself, or leave it alone: `--exclude {table}`")
            }
            Self::DumpGap { what: DumpGap::TimeZone, .. } => {
                "name the time zone of the dump, such as `--source-time-zone UTC`, or run `mysqldump` again \
                 without `--skip-tz-utc` and `--compact`"
                    .to_owned()
            }
            Self::Privilege { statement } => format!("run on the target: {statement}"),
            Self::Space { .. } => {
                "free some space on the target's disk, or run again with `--no-space-check` if you \
                 know better"
                    .to_owned()
            }
            Self::OtherSource { .. } | Self::UnreadableParts { .. } => "run again with `--restart` to begin anew".to_owned(),
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

fn describe(missing: &MigrationSet, beyond: &MigrationSet) -> String {
    let part = |set: &MigrationSet, what| (!set.is_empty()).then(|| format!("{what} {set}"));
    let parts = [part(missing, "it lacks the migrations"), part(beyond, "it is ahead by")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}
