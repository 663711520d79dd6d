//! The sessions of this process, so that an interruption can end the statements that they run, and a wait for
//! a server can be reported.
//!
//! A server notices the end of a client only when it reads from it or writes to it: it would build an index
//! even after the process has ended, and a second run would conflict with that.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};

use super::{Canceller, Dsn, connect, silence};
use crate::activity::{self, Activity, Asked, Sessions, Silence, SilentSession};

/// A session of this process.
#[derive(Clone)]
pub(super) struct OwnSession {
    dsn: Dsn,
    /// Its number on the server and the way to cancel its statement, as soon as it is open.
    open: Option<(i32, Canceller)>,
}

static SESSIONS: Sessions<OwnSession> = Sessions::new();

/// A session's entry in the list.
pub(super) type Registration = activity::Registration<OwnSession>;

/// Enters the session with this number of the server's.
pub(super) fn enter(dsn: &Dsn, canceller: Canceller, id: i32, activity: &Activity) -> Registration {
    SESSIONS.enter(activity, OwnSession { dsn: dsn.clone(), open: Some((id, canceller)) })
}

/// Enters a session that is being opened.
pub(super) fn enter_opening(dsn: &Dsn, activity: &Activity) -> Registration {
    SESSIONS.enter(activity, OwnSession { dsn: dsn.clone(), open: None })
}

impl Asked for OwnSession {
    fn server(&self) -> String {
        format!("the PostgreSQL server at `{}`", connect::address(&self.dsn))
    }

    fn reason(&self) -> BoxFuture<'_, Silence> {
        let ask = async {
            let Some((id, _)) = &self.open else { return Silence::Unheard };
            Silence::asked(silence::ask(&self.dsn, *id)).await
        };
        ask.boxed()
    }
}

/// Ends the statements that this process runs on PostgreSQL servers. Failures are ignored, because the
/// process ends in any case and the server has its own limits.
pub async fn end_statements() {
    let running: Vec<Canceller> =
        SESSIONS.all().into_iter().filter_map(|it| it.open).map(|(_, it)| it).collect();
    join_all(running.iter().map(Canceller::cancel)).await;
}

/// The sessions whose server has not answered for that long.
#[must_use]
pub fn silent_sessions(for_longer_than: Duration) -> Vec<SilentSession> {
    SESSIONS.silent(for_longer_than)
}
