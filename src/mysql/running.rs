//! The sessions of this process, so that an interruption can end the statements that they run, and a wait for
//! a server can be reported.
//!
//! A server notices the end of a client only when it writes to it: an `ALTER TABLE` that waits for a lock
//! would run even after the process has ended.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use mysql_async::prelude::Queryable as _;

use super::{Dsn, Error, ServerIdentity, connect, identity, silence};
use crate::activity::{self, Activity, Asked, Sessions, Silence, SilentSession};

/// How a session is found on its server again.
#[derive(Debug, Clone)]
struct RunningSession {
    dsn: Dsn,
    identity: ServerIdentity,
    id: u32,
}

/// A session of this process.
#[derive(Debug, Clone)]
pub(super) struct OwnSession {
    dsn: Dsn,
    /// As soon as it is open.
    open: Option<RunningSession>,
}

static SESSIONS: Sessions<OwnSession> = Sessions::new();

/// A session's entry in the list.
pub(super) type Registration = activity::Registration<OwnSession>;

/// Enters the session with this number of the server's.
pub(super) fn enter(
    dsn: &Dsn,
    identity: &ServerIdentity,
    id: u32,
    activity: &Activity,
) -> Registration {
    let open = RunningSession { dsn: dsn.clone(), identity: identity.clone(), id };
    SESSIONS.enter(activity, OwnSession { dsn: dsn.clone(), open: Some(open) })
}

/// Enters a session that is being opened.
pub(super) fn enter_opening(dsn: &Dsn, activity: &Activity) -> Registration {
    SESSIONS.enter(activity, OwnSession { dsn: dsn.clone(), open: None })
}

impl Asked for OwnSession {
    fn server(&self) -> String {
        format!("the MySQL server at `{}`", self.dsn.address)
    }

    fn reason(&self) -> BoxFuture<'_, Silence> {
        let ask = async {
            let Some(open) = &self.open else { return Silence::Unheard };
            Silence::asked(silence::ask(&self.dsn, open.id)).await
        };
        ask.boxed()
    }
}

/// How often a balancer is asked for the server that runs the statements.
const ATTEMPTS: usize = 4;

/// Ends the statements that this process runs on MySQL and MariaDB servers. Failures are ignored, because the
/// process ends in any case and the server has its own limits.
pub async fn end_statements() {
    let running: Vec<RunningSession> =
        SESSIONS.all().into_iter().filter_map(|it| it.open).collect();
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
    SESSIONS.silent(for_longer_than)
}
