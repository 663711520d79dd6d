//! How far builds of indexes are.

use super::{Connection, Error};

/// The share that is done of the index that each of these sessions builds now, from 0 to 1 (PostgreSQL manual,
/// "CREATE INDEX Progress Reporting").
///
/// A B-tree is sorted while the table is read and loaded afterwards, which takes about as long.
pub async fn built_shares(
    connection: &Connection,
    sessions: &[i32],
) -> Result<Vec<(i32, f64)>, Error> {
    let statement = "SELECT pid, CASE
            WHEN phase LIKE '%scanning table' THEN 0.6 * blocks_done / greatest(blocks_total, 1)
            WHEN phase LIKE '%sorting%' THEN 0.6
            WHEN phase LIKE '%loading%' THEN 0.7 + 0.3 * tuples_done / greatest(tuples_total, 1)
            WHEN phase = 'building index' THEN 1.0 * blocks_done / greatest(blocks_total, 1)
            ELSE 0.0
        END::float8
        FROM pg_catalog.pg_stat_progress_create_index WHERE pid = ANY ($1)";
    let rows = connection.query(statement, &[&sessions]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}
