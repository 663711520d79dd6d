//! A build that a killed run left on the server.

use std::time::Duration;

use crate::postgres::{Connection, Error};

/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Waits until no other session runs this statement: a server continues a statement whose client was killed,
/// and the index is there when it ends.
///
/// Waiting for its lock instead would fail after the session's `lock_timeout`.
pub(super) async fn wait_for_the_same(
    connection: &Connection,
    statement: &str,
) -> Result<(), Error> {
    // The server shows the first bytes of a statement, by default 1024.
    let question = "SELECT EXISTS (
        SELECT FROM pg_catalog.pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
            AND left(query, 100) = left($1, 100)
    )";
    while connection.query_one(question, &[&statement]).await?.try_get(0)? {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
