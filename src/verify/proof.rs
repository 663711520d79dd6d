//! Records the outcome of a comparison in the ledger.

use std::collections::BTreeMap;

use super::{Sample, Touched, TouchedReport, VerifyReport};
use crate::ledger::{self, AppliedLog, Covers, Error, NewProof};
use crate::mysql::TableSum;
use crate::postgres::Connection;

/// How far the source's log is applied to the target; `None` if it is not followed, or the account may not
/// read the ledger.
pub(super) async fn applied_log(
    connection: &Connection,
    schema: &str,
) -> Result<Option<AppliedLog>, Error> {
    match ledger::read_following(connection, schema).await {
        Ok(record) => {
            Ok(record
                .map(|it| AppliedLog { position: it.position, changes: it.counts.net_changes }))
        }
        Err(error) if error.is_read_only() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Records the outcome; `false` if the account or the server is read-only.
pub(super) async fn record(
    connection: &Connection,
    report: &VerifyReport,
    position: Option<&str>,
    applied: Option<&AppliedLog>,
) -> Result<bool, Error> {
    let doubts: Vec<String> = report.doubts.iter().map(ToString::to_string).collect();
    let proof = NewProof {
        schema: &report.schema,
        source: &report.identity,
        doubts: &doubts,
        position,
        proof: report.proof,
        sample: report.sample.map(Sample::as_percent),
        tables: report.tables.len() as u64,
        rows: report.rows(),
        differences: report.difference_count,
        left_out: report.left_out(),
        seconds: report.seconds,
        applied,
        covers: Covers::All,
    };
    match ledger::record_proof(connection, &proof).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_read_only() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Records a comparison of changed rows; `false` if the account or the server is read-only. It takes the place
/// of one of all rows, so that the sums of an earlier one are removed.
pub(super) async fn record_touched(
    connection: &Connection,
    report: &TouchedReport,
    schema: &str,
    touched: Touched<'_>,
    applied: &AppliedLog,
) -> Result<bool, Error> {
    let proof = NewProof {
        schema,
        source: &report.identity,
        doubts: &touched.base.doubts,
        position: touched.log_position,
        proof: report.proof,
        sample: None,
        tables: touched.base.tables,
        rows: report.keys(),
        differences: report.difference_count,
        left_out: touched.base.left_out,
        seconds: report.seconds,
        applied: Some(applied),
        covers: Covers::Touched { base: touched.base.id },
    };
    match ledger::record_proof(connection, &proof).await {
        Ok(()) => {}
        Err(error) if error.is_read_only() => return Ok(false),
        Err(error) => return Err(error),
    }
    record_sums(connection, schema, &BTreeMap::new()).await?;
    Ok(true)
}

/// Records the sums of the source's tables, with which `cutover` detects later writes.
pub(super) async fn record_sums(
    connection: &Connection,
    schema: &str,
    sums: &BTreeMap<String, TableSum>,
) -> Result<(), Error> {
    let sums = sums.iter().map(|(table, sum)| (table.as_str(), sum.rows, sum.sum));
    ledger::record_source_sums(connection, schema, sums).await
}
