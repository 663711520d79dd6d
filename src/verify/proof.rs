//! Keeps the outcome in the target's schema `migration_assist`, where a later step finds it.

use super::VerifyReport;
use crate::postgres::{Connection, Error};

const TABLE: &str = "
    CREATE SCHEMA IF NOT EXISTS migration_assist;
    CREATE TABLE IF NOT EXISTS migration_assist.proofs (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        verified_at timestamptz NOT NULL DEFAULT now(),
        target_schema text NOT NULL,
        source text NOT NULL,
        source_position text,
        proof boolean NOT NULL,
        sample double precision,
        tables bigint NOT NULL,
        source_rows bigint NOT NULL,
        differences bigint NOT NULL,
        tool_version text NOT NULL
    );
    ALTER TABLE migration_assist.proofs
        ADD COLUMN IF NOT EXISTS source_address text,
        ADD COLUMN IF NOT EXISTS seconds double precision";

/// Writes the outcome down; whether the account may.
pub(super) async fn record(
    connection: &Connection,
    report: &VerifyReport,
    position: Option<&str>,
) -> Result<bool, Error> {
    match write(connection, report, position).await {
        Ok(()) => Ok(true),
        // The account may only read, or the server does.
        Err(error) if error.sqlstate().is_some() => Ok(false),
        Err(error) => Err(error),
    }
}

async fn write(
    connection: &Connection,
    report: &VerifyReport,
    position: Option<&str>,
) -> Result<(), Error> {
    connection.batch_execute(TABLE).await?;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    connection
        .execute(
            "INSERT INTO migration_assist.proofs (target_schema, source, source_position, proof,
                 sample, tables, source_rows, differences, tool_version, source_address, seconds)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                &report.schema,
                &report.workspace,
                &position,
                &report.proof,
                &report.sample.map(super::Sample::as_percent),
                &number(report.tables.len() as u64),
                &number(report.rows()),
                &number(report.difference_count),
                &env!("CARGO_PKG_VERSION"),
                &report.address,
                &report.seconds,
            ],
        )
        .await?;
    Ok(())
}
