//! The sessions of this process, so that an interruption can end the statements that they run.
//!
//! A server notices that a client has gone only when it next reads from it or writes to it: an index would still be
//! built after the process has ended, and a second run would meet it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;

use super::Canceller;

static SESSIONS: Mutex<BTreeMap<u64, Canceller>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(0);

fn sessions() -> MutexGuard<'static, BTreeMap<u64, Canceller>> {
    SESSIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session's entry in the list, which ends with it.
pub(super) struct Registration(u64);

impl Registration {
    /// Enters a session.
    pub(super) fn new(canceller: Canceller) -> Self {
        let entry = NEXT.fetch_add(1, Ordering::Relaxed);
        sessions().insert(entry, canceller);
        Self(entry)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        sessions().remove(&self.0);
    }
}

/// Ends the statements that this process runs on PostgreSQL servers. Whatever fails is left to the server's own
/// limits, since the process ends in any case.
pub async fn end_statements() {
    let running: Vec<Canceller> = sessions().values().cloned().collect();
    join_all(running.iter().map(Canceller::cancel)).await;
}
