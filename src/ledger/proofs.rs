//! Comparisons of both sides.

use super::{Error, Phase, create, exists, record_phase, stored, value};
use crate::postgres::Connection;

/// A comparison to record.
#[derive(Debug, Clone, Copy)]
pub struct NewProof<'a> {
    /// The schema of the target.
    pub schema: &'a str,
    /// The source's database and workspace.
    pub source: &'a str,
    /// Where the source was, as its DSN names it.
    pub address: &'a str,
    /// The source's log position when the comparison began.
    pub position: Option<&'a str>,
    /// Whether all rows of all tables are proven equal.
    pub proof: bool,
    /// How many percent of the rows were compared, if not all.
    pub sample: Option<f64>,
    /// How many tables were compared.
    pub tables: u64,
    /// How many rows the source has.
    pub rows: u64,
    /// How many rows differ.
    pub differences: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A comparison that is on record.
#[derive(Debug, Clone, PartialEq)]
pub struct ProofRecord {
    /// The source's database and workspace.
    pub source: String,
    /// Where the source was, as its DSN named it.
    pub address: Option<String>,
    /// The source's log position when the comparison began.
    pub position: Option<String>,
    /// When it was finished, in UTC, such as `2026-01-31 23:59`.
    pub verified_at: String,
    /// Whether all rows of all tables were equal.
    pub proof: bool,
    /// Whether rows differed.
    pub has_differences: bool,
    /// Whether a copy has changed rows since the comparison began, or is not finished.
    pub is_outdated: bool,
}

/// Records a comparison; makes the ledger if there is none.
pub async fn record_proof(connection: &Connection, proof: &NewProof<'_>) -> Result<(), Error> {
    create(connection).await?;
    let statement = "INSERT INTO migration_assist.proofs (target_schema, source, source_address,
            source_position, proof, sample, tables, source_rows, differences, seconds, tool_version,
            started_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
            now() - make_interval(secs => $10))";
    connection
        .execute(
            statement,
            &[
                &proof.schema,
                &proof.source,
                &proof.address,
                &proof.position,
                &proof.proof,
                &proof.sample,
                &stored(proof.tables),
                &stored(proof.rows),
                &stored(proof.differences),
                &proof.seconds,
                &env!("CARGO_PKG_VERSION"),
            ],
        )
        .await?;
    if proof.proof {
        record_phase(connection, proof.schema, Phase::Proof, proof.seconds).await?;
    }
    Ok(())
}

/// The last comparison of a schema that was recorded.
pub async fn latest_proof(
    connection: &Connection,
    schema: &str,
) -> Result<Option<ProofRecord>, Error> {
    if !exists(connection).await? {
        return Ok(None);
    }
    let statement = "SELECT source, source_address, source_position,
            to_char(verified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), proof, differences > 0,
            EXISTS (SELECT FROM migration_assist.copies AS copy
                WHERE copy.target_schema = $1
                    AND (copy.finished_at IS NULL OR copy.changed_at > it.started_at))
        FROM migration_assist.proofs AS it WHERE target_schema = $1 ORDER BY id DESC LIMIT 1";
    let row = connection.query_opt(statement, &[&schema]).await?;
    row.map(|row| {
        Ok(ProofRecord {
            source: value(&row, 0)?,
            address: value(&row, 1)?,
            position: value(&row, 2)?,
            verified_at: value(&row, 3)?,
            proof: value(&row, 4)?,
            has_differences: value(&row, 5)?,
            is_outdated: value(&row, 6)?,
        })
    })
    .transpose()
}
