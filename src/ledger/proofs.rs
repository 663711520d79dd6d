//! Comparisons of both sides.

use super::following::read_position;
use super::sources::{read_source, stored_kind};
use super::{Error, Phase, count, create, exists, record_phase, stored, value};
use crate::mysql::binlog::Position;
use crate::postgres::Connection;
use crate::source_identity::SourceIdentity;

/// A comparison to record.
#[derive(Debug, Clone, Copy)]
pub struct NewProof<'a> {
    /// The schema of the target.
    pub schema: &'a str,
    /// The source.
    pub source: &'a SourceIdentity,
    /// What the user accepted about it.
    pub doubts: &'a [String],
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
    /// How many rows decisions leave out.
    pub left_out: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How far the source's log was applied when the comparison began; `None` if it is not followed.
    pub applied: Option<&'a AppliedLog>,
    /// Which rows were compared.
    pub covers: Covers,
}

/// Which rows a comparison covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// All rows.
    All,
    /// The rows that were changed since a comparison of all rows, with that comparison's number.
    Touched {
        /// Its number.
        base: i64,
    },
}

/// A comparison of all rows that one of the rows changed since can complete.
#[derive(Debug, Clone, PartialEq)]
pub struct BaseProof {
    /// Its number.
    pub id: i64,
    /// When it was finished, in UTC, such as `2026-01-31 23:59`.
    pub verified_at: String,
    /// How many tables were compared.
    pub tables: u64,
    /// How many rows of the source were compared.
    pub rows: u64,
    /// How far the source's log was applied.
    pub position: Option<Position>,
    /// How many rows decisions leave out.
    pub left_out: u64,
    /// What the user accepted about the source.
    pub doubts: Vec<String>,
}

/// How far the source's log is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedLog {
    /// Up to here.
    pub position: Position,
    /// How many rows were written or deleted by that.
    pub changes: u64,
}

/// A comparison that is on record.
#[derive(Debug, Clone, PartialEq)]
pub struct ProofRecord {
    /// The source.
    pub source: SourceIdentity,
    /// What the user accepted about it.
    pub doubts: Vec<String>,
    /// The source's log position when the comparison began.
    pub position: Option<String>,
    /// When it was finished, in UTC, such as `2026-01-31 23:59`.
    pub verified_at: String,
    /// Whether all rows of all tables were equal.
    pub proof: bool,
    /// Whether rows differed.
    pub has_differences: bool,
    /// Whether a copy has changed rows since the comparison began or is not finished, or changes of the
    /// source's log were applied since.
    pub is_outdated: bool,
    /// How many rows decisions leave out.
    pub left_out: u64,
}

/// Records a comparison; makes the ledger if there is none.
pub async fn record_proof(connection: &Connection, proof: &NewProof<'_>) -> Result<(), Error> {
    create(connection).await?;
    let statement =
        "INSERT INTO migration_assist.proofs (target_schema, source_kind, source_server,
            source_content, source_database, source_diagnostic_id, source_address, source_doubts,
            source_position, proof, sample, tables, source_rows, differences, seconds, tool_version,
            started_at, log_file, log_offset, applied_changes, left_out, covers, base)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
            now() - make_interval(secs => $15), $17, $18, $19, $20, $21, $22)";
    let (kind, server, content) = stored_kind(&proof.source.kind);
    let (covers, base) = match proof.covers {
        Covers::All => ("all", None),
        Covers::Touched { base } => ("touched", Some(base)),
    };
    connection
        .execute(
            statement,
            &[
                &proof.schema,
                &kind,
                &server,
                &content,
                &proof.source.database,
                &proof.source.diagnostic_id,
                &proof.source.address,
                &proof.doubts,
                &proof.position,
                &proof.proof,
                &proof.sample,
                &stored(proof.tables),
                &stored(proof.rows),
                &stored(proof.differences),
                &proof.seconds,
                &env!("CARGO_PKG_VERSION"),
                &proof.applied.map(|it| &it.position.file),
                &proof.applied.map(|it| stored(it.position.offset)),
                &proof.applied.map(|it| stored(it.changes)),
                &stored(proof.left_out),
                &covers,
                &base,
            ],
        )
        .await?;
    if proof.proof && proof.covers == Covers::All {
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
    let statement = "SELECT source_kind, source_server, source_content, source_database,
            source_diagnostic_id, source_address, source_doubts, source_position,
            to_char(verified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), proof, differences > 0,
            EXISTS (SELECT FROM migration_assist.copies AS copy
                WHERE copy.target_schema = $1
                    AND (copy.finished_at IS NULL OR copy.changed_at > it.started_at))
            OR EXISTS (SELECT FROM migration_assist.following AS following
                WHERE following.target_schema = $1
                    AND following.net_changes IS DISTINCT FROM it.applied_changes),
            left_out
        FROM migration_assist.proofs AS it WHERE target_schema = $1 ORDER BY id DESC LIMIT 1";
    let row = connection.query_opt(statement, &[&schema]).await?;
    row.map(|row| {
        Ok(ProofRecord {
            source: read_source(&row)?,
            doubts: value(&row, 6)?,
            position: value(&row, 7)?,
            verified_at: value(&row, 8)?,
            proof: value(&row, 9)?,
            has_differences: value(&row, 10)?,
            is_outdated: value(&row, 11)?,
            left_out: count(&row, 12)?,
        })
    })
    .transpose()
}

/// The last comparison of all rows of a schema that found no difference, if no other was made since, no copy
/// has changed rows since, and the keys of all rows that the source's log changed since are on record.
pub async fn base_proof(connection: &Connection, schema: &str) -> Result<Option<BaseProof>, Error> {
    if !exists(connection).await? {
        return Ok(None);
    }
    // Keys are on record since following began, or since the last proof at a position of the log.
    let statement = "SELECT id, to_char(verified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
            tables, source_rows, log_file, log_offset, left_out, source_doubts
        FROM (SELECT * FROM migration_assist.proofs WHERE target_schema = $1 AND covers = 'all'
            ORDER BY id DESC LIMIT 1) AS it
        WHERE proof AND sample IS NULL
            AND EXISTS (SELECT FROM migration_assist.following WHERE target_schema = $1)
            AND NOT EXISTS (SELECT FROM migration_assist.copies AS copy
                WHERE copy.target_schema = $1
                    AND (copy.finished_at IS NULL OR copy.changed_at > it.started_at))";
    let row = connection.query_opt(statement, &[&schema]).await?;
    row.map(|row| {
        Ok(BaseProof {
            id: value(&row, 0)?,
            verified_at: value(&row, 1)?,
            tables: count(&row, 2)?,
            rows: count(&row, 3)?,
            position: read_position(&row, 4)?,
            left_out: count(&row, 6)?,
            doubts: value(&row, 7)?,
        })
    })
    .transpose()
}

/// How many changed rows the last comparison of such rows read in a second, if it was of enough rows.
pub async fn touched_rate(connection: &Connection, schema: &str) -> Result<Option<f64>, Error> {
    if !exists(connection).await? {
        return Ok(None);
    }
    let statement = "SELECT source_rows / seconds FROM migration_assist.proofs
        WHERE target_schema = $1 AND covers = 'touched' AND seconds > 0 AND source_rows >= 100
        ORDER BY id DESC LIMIT 1";
    let row = connection.query_opt(statement, &[&schema]).await?;
    row.map(|row| value(&row, 0)).transpose()
}
