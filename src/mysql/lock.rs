//! A short lock against writers, under which several sessions begin at one position.

use std::time::Duration;

use tokio::time::Instant;

use super::{Connection, Error};
use crate::sql::Dialect::MySql;

/// How long writers may be kept waiting, from asking for the lock until it is released. What the server
/// takes to react fits between this and the two seconds that are promised.
const LONGEST: Duration = Duration::from_millis(1500);

/// What came of asking for the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockAttempt {
    /// Nothing is written until the lock is released, at this time at the latest.
    Held(Instant),
    /// Others hold what the lock waits for.
    GivenUp,
    /// The account may not take a lock.
    Denied,
}

/// Keeps others from writing to these tables, and waits for transactions that have. Gives up if the lock
/// is not granted in time, since writers already wait behind the one who waits.
///
/// `FLUSH TABLES WITH READ LOCK` would need fewer names, but a statement that runs for long keeps others
/// from its tables after the flush was given up, and a node of Galera stops its cluster.
///
/// `watchdog` is another session of the same account. It kills the statement: the server's own limit
/// counts anew for each table that the statement waits for.
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

/// Lets others write again.
pub async fn release_lock(session: &mut Connection) -> Result<(), Error> {
    match session.execute("UNLOCK TABLES").await {
        // The watchdog's order came when the statement that it was meant for had ended.
        Err(error) if error.is_given_up() => session.execute("UNLOCK TABLES").await.map(drop),
        outcome => outcome.map(drop),
    }
}
