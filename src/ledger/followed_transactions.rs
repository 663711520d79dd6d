//! The transactions by which following writes to the target, so that its rows are known as ours.

use crate::postgres::{self, Connection};

/// Records the number of the present transaction of the target.
///
/// Numbers that follow each other are one range, so that the record stays small on a server that nothing
/// else writes to.
pub async fn record_transaction(
    connection: &Connection,
    schema: &str,
) -> Result<(), postgres::Error> {
    let statement = "WITH present AS (
            SELECT pg_current_xact_id()::text::bigint & 4294967295 AS xid),
        extended AS (
            UPDATE migration_assist.followed_transactions SET last_xid = xid FROM present
            WHERE target_schema = $1 AND last_xid = xid - 1
                AND first_xid = (SELECT max(first_xid) FROM migration_assist.followed_transactions
                    WHERE target_schema = $1)
            RETURNING xid)
        INSERT INTO migration_assist.followed_transactions (target_schema, first_xid, last_xid)
        SELECT $1, xid, xid FROM present WHERE NOT EXISTS (SELECT FROM extended)
        ON CONFLICT DO NOTHING";
    connection.execute_prepared(statement, &[&schema]).await?;
    Ok(())
}
