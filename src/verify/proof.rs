//! Records the outcome of a comparison in the ledger, where later commands look for it.

use std::collections::BTreeMap;

use super::{Sample, VerifyReport};
use crate::ledger::{self, Error, NewProof};
use crate::mysql::TableSum;
use crate::postgres::Connection;

/// Records the outcome; `false` if the account, or the server, only reads.
pub(super) async fn record(
    connection: &Connection,
    report: &VerifyReport,
    position: Option<&str>,
) -> Result<bool, Error> {
    let proof = NewProof {
        schema: &report.schema,
        source: &report.workspace,
        address: &report.address,
        position,
        proof: report.proof,
        sample: report.sample.map(Sample::as_percent),
        tables: report.tables.len() as u64,
        rows: report.rows(),
        differences: report.difference_count,
        seconds: report.seconds,
    };
    match ledger::record_proof(connection, &proof).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_read_only() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Records the sums of the source's tables, by which `cutover` notices later writes.
pub(super) async fn record_sums(
    connection: &Connection,
    schema: &str,
    sums: &BTreeMap<String, TableSum>,
) -> Result<(), Error> {
    let sums = sums.iter().map(|(table, sum)| (table.as_str(), sum.rows, sum.sum));
    ledger::record_source_sums(connection, schema, sums).await
}
