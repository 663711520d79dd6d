//! The sessions of this process, so that an interruption can end the statements that they run, and a wait for
//! a server can be reported.
//!
//! A server notices the end of a client only when it reads from it or writes to it: it would build an index
//! even after the process has ended, and a second run would conflict with that.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;

use super::silence::SilentSession;
use super::{Canceller, Dsn};
use crate::activity::Activity;

/// A session of this process.
struct RunningSession {
    dsn: Dsn,
    activity: Activity,
    /// Its number on the server and the way to cancel its statement, as soon as it is open.
    open: Option<(i32, Canceller)>,
}

static SESSIONS: Mutex<BTreeMap<u64, RunningSession>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(0);

fn sessions() -> MutexGuard<'static, BTreeMap<u64, RunningSession>> {
    SESSIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session's entry in the list; dropping it removes the entry.
pub(super) struct Registration(u64);

impl Registration {
    /// Adds a session with this number of the server's.
    pub(super) fn new(dsn: &Dsn, canceller: Canceller, id: i32, activity: &Activity) -> Self {
        Self::add(dsn, activity, Some((id, canceller)))
    }

    /// Adds a session that is being opened.
    pub(super) fn opening(dsn: &Dsn, activity: &Activity) -> Self {
        Self::add(dsn, activity, None)
    }

    fn add(dsn: &Dsn, activity: &Activity, open: Option<(i32, Canceller)>) -> Self {
        let entry = NEXT.fetch_add(1, Ordering::Relaxed);
        let (dsn, activity) = (dsn.clone(), activity.clone());
        sessions().insert(entry, RunningSession { dsn, activity, open });
        Self(entry)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        sessions().remove(&self.0);
    }
}

/// Ends the statements that this process runs on PostgreSQL servers. Failures are ignored, because the
/// process ends in any case and the server has its own limits.
pub async fn end_statements() {
    let open = |it: &RunningSession| it.open.as_ref().map(|(_, canceller)| canceller.clone());
    let running: Vec<Canceller> = sessions().values().filter_map(open).collect();
    join_all(running.iter().map(Canceller::cancel)).await;
}

/// The sessions whose server has not answered for that long.
#[must_use]
pub fn silent_sessions(for_longer_than: Duration) -> Vec<SilentSession> {
    let silent = |(entry, session): (&u64, &RunningSession)| {
        let unanswered = session.activity.unanswered(for_longer_than)?;
        let RunningSession { dsn, activity, open } = session;
        let (dsn, activity) = (dsn.clone(), activity.clone());
        let id = open.as_ref().map(|(id, _)| *id);
        Some(SilentSession { entry: *entry, dsn, id, activity, unanswered })
    };
    sessions().iter().filter_map(silent).collect()
}
