//! The sessions of this process, so that an interruption can end the statements that they run, and a wait for
//! a server can be reported.
//!
//! A server notices the end of a client only when it writes to it: an `ALTER TABLE` that waits for a lock
//! would run even after the process has ended.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mysql_async::prelude::Queryable as _;

use super::silence::SilentSession;
use super::{Dsn, Error, ServerIdentity, connect, identity};
use crate::activity::Activity;

/// How a session is found on its server again.
#[derive(Debug, Clone)]
struct RunningSession {
    dsn: Dsn,
    identity: ServerIdentity,
    id: u32,
}

/// A session of this process.
#[derive(Debug)]
struct OwnSession {
    dsn: Dsn,
    activity: Activity,
    /// As soon as it is open.
    open: Option<RunningSession>,
}

static SESSIONS: Mutex<BTreeMap<u64, OwnSession>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(0);

fn sessions() -> MutexGuard<'static, BTreeMap<u64, OwnSession>> {
    SESSIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session's entry in the list; dropping it removes the entry.
#[derive(Debug)]
pub(super) struct Registration(u64);

impl Registration {
    /// Enters the session with this number of the server's.
    pub(super) fn new(dsn: &Dsn, identity: &ServerIdentity, id: u32, activity: &Activity) -> Self {
        let open = RunningSession { dsn: dsn.clone(), identity: identity.clone(), id };
        Self::add(dsn, activity, Some(open))
    }

    /// Enters a session that is being opened.
    pub(super) fn opening(dsn: &Dsn, activity: &Activity) -> Self {
        Self::add(dsn, activity, None)
    }

    fn add(dsn: &Dsn, activity: &Activity, open: Option<RunningSession>) -> Self {
        let entry = NEXT.fetch_add(1, Ordering::Relaxed);
        let (dsn, activity) = (dsn.clone(), activity.clone());
        sessions().insert(entry, OwnSession { dsn, activity, open });
        Self(entry)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        sessions().remove(&self.0);
    }
}

/// How often a balancer is asked for the server that runs the statements.
const ATTEMPTS: usize = 4;

/// Ends the statements that this process runs on MySQL and MariaDB servers. Failures are ignored, because the
/// process ends in any case and the server has its own limits.
pub async fn end_statements() {
    let running: Vec<RunningSession> =
        sessions().values().filter_map(|it| it.open.clone()).collect();
    let mut seen: Vec<&RunningSession> = Vec::new();
    for session in &running {
        if !seen.iter().any(|it| it.is_with_server_of(session)) {
            seen.push(session);
        }
    }
    for first in seen {
        let ids = running.iter().filter(|it| it.is_with_server_of(first)).map(|it| it.id);
        for _ in 0..ATTEMPTS {
            match first.end(ids.clone()).await {
                Ok(false) => {}
                Ok(true) | Err(_) => break,
            }
        }
    }
}

impl RunningSession {
    fn is_with_server_of(&self, other: &Self) -> bool {
        self.identity == other.identity && self.dsn == other.dsn
    }

    /// Ends the statements of these sessions; `false` if another server has answered, whose sessions with
    /// these numbers are those of others.
    async fn end(&self, ids: impl Iterator<Item = u32>) -> Result<bool, Error> {
        let mut driver = connect::log_in(&self.dsn).await?;
        if identity::of_new_session(&mut driver).await? != self.identity {
            return Ok(false);
        }
        for id in ids {
            // It may have ended by itself.
            let _ = driver.query_drop(format!("KILL QUERY {id}")).await;
        }
        Ok(true)
    }
}

/// The sessions whose server has not answered for that long.
#[must_use]
pub fn silent_sessions(for_longer_than: Duration) -> Vec<SilentSession> {
    let silent = |(entry, session): (&u64, &OwnSession)| {
        let unanswered = session.activity.unanswered(for_longer_than)?;
        let OwnSession { dsn, activity, open } = session;
        let (dsn, activity) = (dsn.clone(), activity.clone());
        let id = open.as_ref().map(|open| open.id);
        Some(SilentSession { entry: *entry, dsn, id, activity, unanswered })
    };
    sessions().iter().filter_map(silent).collect()
}
