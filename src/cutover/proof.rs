//! Whether the target is proved to hold what the source held.

use serde::Serialize;

use crate::postgres::{Connection, Error};

/// What the target's record says of the last comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// What it amounts to.
    pub standing: Standing,
    /// When it was finished, in UTC, as `2026-01-31 23:59`.
    pub at: Option<String>,
    /// The source it was compared with, as the record names it.
    pub source: Option<String>,
}

/// What the last comparison amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Both sides were equal, and nothing was copied since.
    Equal,
    /// They differed.
    Different,
    /// No difference was found, but not everything was compared: a sample, or some tables.
    Partial,
    /// Rows were copied since.
    Outdated,
    /// There was none.
    Missing,
}

/// The last comparison of a schema that `verify` or `migrate` recorded in the target, in
/// `migration_assist.proofs`.
pub async fn read_proof(connection: &Connection, schema: &str) -> Result<Proof, Error> {
    let missing = Proof { standing: Standing::Missing, at: None, source: None };
    if !has_table(connection, "proofs").await? {
        return Ok(missing);
    }
    let statement = "SELECT proof, differences > 0, source,
            to_char(verified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
        FROM migration_assist.proofs WHERE target_schema = $1 ORDER BY id DESC LIMIT 1";
    let Some(row) = connection.query_opt(statement, &[&schema]).await? else { return Ok(missing) };
    let standing = match (row.try_get(0)?, row.try_get(1)?) {
        (false, true) => Standing::Different,
        (false, false) => Standing::Partial,
        (true, _) if copied_since(connection, schema).await? => Standing::Outdated,
        (true, _) => Standing::Equal,
    };
    Ok(Proof { standing, source: row.try_get(2)?, at: row.try_get(3)? })
}

/// Whether a copy was finished after the last comparison, or is not finished.
async fn copied_since(connection: &Connection, schema: &str) -> Result<bool, Error> {
    if !has_table(connection, "copies").await? {
        return Ok(false);
    }
    let statement = "SELECT EXISTS (SELECT FROM migration_assist.copies AS copy
        WHERE copy.target_schema = $1 AND (copy.finished_at IS NULL OR copy.finished_at > (
            SELECT max(verified_at) FROM migration_assist.proofs WHERE target_schema = $1)))";
    Ok(connection.query_one(statement, &[&schema]).await?.try_get(0)?)
}

/// Whether the tool's own schema has a table.
pub(super) async fn has_table(connection: &Connection, name: &str) -> Result<bool, Error> {
    let statement = "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables
        WHERE schemaname = 'migration_assist' AND tablename = $1)";
    Ok(connection.query_one(statement, &[&name]).await?.try_get(0)?)
}
