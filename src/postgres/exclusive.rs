//! The lock of a schema: one command at a time fills it or builds in it.

use super::sessions::{OtherSession, read_session};
use super::{Connection, Error};

/// The lock. The key is that of all versions of this program.
const KEY: &str = "pg_catalog.hashtext('migration-assist copy'), pg_catalog.hashtext($1)";

/// How long the lock is waited for before the command is refused: the server may not have noticed yet that the
/// session of a killed run is gone.
const LIMIT_LOCK_WAIT: &str = "SET lock_timeout = '3s'";
/// The limit of all other waits; see `session`.
const LIMIT_OTHER_WAITS: &str = "SET lock_timeout = '1min'";

/// A session that holds the lock of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHolder {
    /// The server's number of the session.
    pub id: i32,
    /// Whose it is.
    pub session: OtherSession,
}

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "session {} ({})", self.id, self.session)
    }
}

/// Takes the lock of a schema until the session ends, or refuses and names the session that holds it.
pub async fn take_exclusive(connection: &Connection, schema: &str) -> Result<(), Error> {
    connection.batch_execute(LIMIT_LOCK_WAIT).await?;
    match lock(connection, schema).await {
        Err(error) if error.is_lock_timeout() => {
            let holder = lock_holder(connection, schema).await?.map(Box::new);
            return Err(Error::SchemaInUse { schema: schema.to_owned(), holder });
        }
        outcome => outcome?,
    }
    connection.batch_execute(LIMIT_OTHER_WAITS).await?;
    end_left_workers(connection, schema).await
}

/// Takes the lock of a schema until the session ends. If another session holds it, calls `notice` and waits for
/// as long as it does.
pub async fn await_exclusive(
    connection: &Connection,
    schema: &str,
    notice: impl FnOnce(&Error),
) -> Result<(), Error> {
    match take_exclusive(connection, schema).await {
        Err(error @ Error::SchemaInUse { .. }) => notice(&error),
        outcome => return outcome,
    }
    connection.batch_execute("SET lock_timeout = 0").await?;
    lock(connection, schema).await?;
    connection.batch_execute(LIMIT_OTHER_WAITS).await?;
    end_left_workers(connection, schema).await
}

async fn lock(connection: &Connection, schema: &str) -> Result<(), Error> {
    let statement = format!("SELECT pg_catalog.pg_advisory_lock({KEY})");
    connection.query(&statement, &[&schema]).await.map(drop)
}

/// Gives the lock back before the session ends.
pub async fn release_exclusive(connection: &Connection, schema: &str) -> Result<(), Error> {
    connection.query(&format!("SELECT pg_catalog.pg_advisory_unlock({KEY})"), &[&schema]).await?;
    Ok(())
}

/// The session that holds the lock; `None` if it has just given it back.
async fn lock_holder(connection: &Connection, schema: &str) -> Result<Option<LockHolder>, Error> {
    let statement = "SELECT usename::text, host(client_addr), application_name,
            to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), pid
        FROM pg_catalog.pg_locks AS held JOIN pg_catalog.pg_stat_activity USING (pid)
        WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 2
            AND held.database = (SELECT oid FROM pg_catalog.pg_database
                WHERE datname = pg_catalog.current_database())
            AND held.classid = pg_catalog.hashtext('migration-assist copy')::oid
            AND held.objid = pg_catalog.hashtext($1)::oid";
    let row = connection.query_opt(statement, &[&schema]).await?;
    row.map(|row| Ok(LockHolder { id: row.try_get(4)?, session: read_session(&row)? })).transpose()
}

/// Marks a session of a command that holds the lock, so that the next command ends it if this one is killed.
pub async fn mark_worker(connection: &Connection, schema: &str) -> Result<(), Error> {
    let lock = "SELECT pg_advisory_lock_shared(hashtext('migration-assist worker'), hashtext($1))";
    connection.query(lock, &[&schema]).await?;
    Ok(())
}

/// Ends the sessions that a killed command left, and waits until none is left: a statement might still be
/// running, such as one that builds an index.
async fn end_left_workers(connection: &Connection, schema: &str) -> Result<(), Error> {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_locks
        JOIN pg_catalog.pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND usename = current_user AND datname = current_database()
            AND classid = hashtext('migration-assist worker')::oid
            AND objid = hashtext($1)::oid";
    connection.query(end, &[&schema]).await?;
    let wait = "SELECT pg_advisory_lock(hashtext('migration-assist worker'), hashtext($1)),
            pg_advisory_unlock(hashtext('migration-assist worker'), hashtext($1))";
    connection.query(wait, &[&schema]).await?;
    Ok(())
}
