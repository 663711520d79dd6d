//! Keeps two copies apart, and ends what a killed one has left on the server.

use super::Error;
use crate::postgres::{self, Connection};

/// The server's "lock not available".
const LOCK_TIMEOUT: &str = "55P03";

/// Takes the lock of a schema's copy for the session of `control`, and waits until no session of an
/// earlier copy is left: a statement of one could still be running.
pub(super) async fn take(control: &Connection, schema: &str) -> Result<(), Error> {
    control.batch_execute("SET lock_timeout = '3s'").await?;
    let lock = "SELECT pg_advisory_lock(hashtext('migration-assist copy'), hashtext($1))";
    match control.query(lock, &[&schema]).await {
        Err(error) if error.sqlstate() == Some(LOCK_TIMEOUT) => return Err(Error::AlreadyRunning),
        outcome => drop(outcome?),
    }
    let end = "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_locks
        JOIN pg_catalog.pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND usename = current_user AND datname = current_database()
            AND classid = hashtext('migration-assist worker')::oid
            AND objid = hashtext($1)::oid";
    control.query(end, &[&schema]).await?;
    control.batch_execute("SET lock_timeout = '60s'").await?;
    let wait = "SELECT pg_advisory_lock(hashtext('migration-assist worker'), hashtext($1)),
            pg_advisory_unlock(hashtext('migration-assist worker'), hashtext($1))";
    control.query(wait, &[&schema]).await?;
    Ok(())
}

/// Marks a session as a worker's.
pub(super) async fn mark_worker(
    connection: &Connection,
    schema: &str,
) -> Result<(), postgres::Error> {
    let lock = "SELECT pg_advisory_lock_shared(hashtext('migration-assist worker'), hashtext($1))";
    connection.query(lock, &[&schema]).await?;
    Ok(())
}
