//! The sessions of this process, so that an interruption can end the statements that they run.
//!
//! A server notices that a client has gone only when it next writes to it: an `ALTER TABLE` that waits for a lock
//! would still run after the process has ended.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mysql_async::prelude::Queryable as _;

use super::{Dsn, connect};

static SESSIONS: Mutex<BTreeMap<u64, (Dsn, u32)>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(0);

fn sessions() -> MutexGuard<'static, BTreeMap<u64, (Dsn, u32)>> {
    SESSIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session's entry in the list, which ends with it.
#[derive(Debug)]
pub(super) struct Registration(u64);

impl Registration {
    /// Enters the session with this number of the server's.
    pub(super) fn new(dsn: &Dsn, id: u32) -> Self {
        let entry = NEXT.fetch_add(1, Ordering::Relaxed);
        sessions().insert(entry, (dsn.clone(), id));
        Self(entry)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        sessions().remove(&self.0);
    }
}

/// Ends the statements that this process runs on MySQL and MariaDB servers. Whatever fails is left to the
/// server's own limits, since the process ends in any case.
pub async fn end_statements() {
    let running: Vec<(Dsn, u32)> = sessions().values().cloned().collect();
    let mut dsns: Vec<&Dsn> = Vec::new();
    for (dsn, _) in &running {
        if !dsns.contains(&dsn) {
            dsns.push(dsn);
        }
    }
    for dsn in dsns {
        let Ok(mut driver) = connect::log_in(dsn).await else { continue };
        for (_, id) in running.iter().filter(|(of, _)| of == dsn) {
            // It may have ended by itself.
            let _ = driver.query_drop(format!("KILL QUERY {id}")).await;
        }
    }
}
