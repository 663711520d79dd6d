//! A short lock against writers, under which several sessions begin at one position.

use std::time::Duration;

use tokio::time::Instant;

use super::{Connection, Error};
use crate::sql::Dialect::MySql;

/// The longest time that writers may wait, from the request of the lock until its release. The server's
/// reaction time fits between this and the limit of two seconds.
const LONGEST: Duration = Duration::from_millis(1500);

/// The outcome of a request for the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockAttempt {
    /// Nothing is written until the lock is released, at this time at the latest.
    Held(Instant),
    /// Other sessions hold what the lock waits for.
    GivenUp,
    /// The account has no privilege to lock.
    Denied,
}

/// Locks these tables against writes of other sessions, and waits for transactions that have written. Gives
/// up if the lock is not granted in time, because writers queue behind the request.
///
/// `FLUSH TABLES WITH READ LOCK` would need fewer names, but a long statement keeps other sessions from its
/// tables even after the flush was given up, and on a node of Galera it stops the cluster.
///
/// `watchdog` is another session of the same account. It kills the statement, because the server's own limit
/// starts again for each table that the statement waits for.
pub async fn hold_still(
    session: &mut Connection,
    watchdog: &mut Connection,
    tables: &[&str],
) -> Result<LockAttempt, Error> {
    if tables.is_empty() {
        return Ok(LockAttempt::GivenUp);
    }
    let deadline = Instant::now() + LONGEST;
    session.execute("SET SESSION lock_wait_timeout = 1").await?;
    let locks: Vec<_> =
        tables.iter().map(|table| format!("{} READ", MySql.identifier(table))).collect();
    let statement = format!("LOCK TABLES {}", locks.join(", "));
    let kill = format!("KILL QUERY {}", session.id());
    let outcome = {
        let mut lock = std::pin::pin!(session.execute(&statement));
        tokio::select! {
            outcome = &mut lock => outcome,
            () = tokio::time::sleep_until(deadline) => {
                let (outcome, killed) = tokio::join!(lock, watchdog.execute(&kill));
                killed?;
                outcome
            }
        }
    };
    let attempt = match outcome {
        Ok(_) if Instant::now() < deadline => return Ok(LockAttempt::Held(deadline)),
        Ok(_) => LockAttempt::GivenUp,
        Err(error) if error.is_privilege_missing() => LockAttempt::Denied,
        Err(error) if error.is_given_up() => LockAttempt::GivenUp,
        Err(error) => return Err(error),
    };
    release_lock(session).await?;
    Ok(attempt)
}

/// Releases the lock.
pub async fn release_lock(session: &mut Connection) -> Result<(), Error> {
    match session.execute("UNLOCK TABLES").await {
        // The watchdog's KILL arrived after its statement had ended.
        Err(error) if error.is_given_up() => session.execute("UNLOCK TABLES").await.map(drop),
        outcome => outcome.map(drop),
    }
}
