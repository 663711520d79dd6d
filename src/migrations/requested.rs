//! The schema that a command asks for, and how the target's migrations differ from it.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Directory, Error, RunReport, run, run_directory};
use crate::postgres::{Connection, applied_migrations};
use crate::progress::Progress;
use crate::release::MigrationSet;

/// The requested schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedSchema {
    /// That of known migrations.
    Set(MigrationSet),
    /// That of migration files.
    Directory(Directory),
}

/// The difference between a target and a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Skew {
    pub missing: MigrationSet,
    pub beyond: MigrationSet,
}

impl Skew {
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.missing.is_empty() && self.beyond.is_empty()
    }
}

impl RequestedSchema {
    /// Compares the applied migrations of a schema with the requested ones.
    pub async fn skew(&self, connection: &Connection, schema: &str) -> Result<Skew, Error> {
        let rows = applied_migrations(connection, schema).await?.unwrap_or_default();
        let present: MigrationSet = rows.into_iter().map(|(number, _)| number).collect();
        let wanted = match self {
            Self::Set(set) => set.clone(),
            Self::Directory(directory) => directory.migrations.iter().map(|it| it.number).collect(),
        };
        Ok(Skew { missing: wanted.without(&present), beyond: present.without(&wanted) })
    }

    /// Runs the pending migrations.
    pub async fn run(
        &self,
        connection: &mut Connection,
        schema: &str,
        progress: &dyn Progress,
    ) -> Result<RunReport, Error> {
        match self {
            Self::Set(set) => run(connection, schema, set, progress).await,
            Self::Directory(directory) => {
                run_directory(connection, schema, directory, progress).await
            }
        }
    }
}
