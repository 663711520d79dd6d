//! The sessions of this process, and those whose server has not answered for a while.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Activity, Silence, Unanswered};

/// A session whose server can be asked why it does not answer.
pub trait Asked: Send + Sync {
    /// The server in words.
    fn server(&self) -> String;
    /// Asks the server in another session.
    fn reason(&self) -> BoxFuture<'_, Silence>;
}

/// A session of this process whose server has not answered for a while.
pub struct SilentSession {
    /// A number that no other session of this process has.
    pub entry: u64,
    /// What is not answered.
    pub unanswered: Unanswered,
    activity: Activity,
    session: Arc<dyn Asked>,
}

impl SilentSession {
    /// The server in words.
    #[must_use]
    pub fn server(&self) -> String {
        self.session.server()
    }

    /// How long the same statement has not been answered by now; `None` if something has arrived.
    #[must_use]
    pub fn silence(&self) -> Option<Duration> {
        self.activity.unanswered(self.unanswered.silence).map(|it| it.silence)
    }

    /// Asks the server in another session why it does not answer.
    pub async fn reason(&self) -> Silence {
        self.session.reason().await
    }
}

/// The open sessions with servers of one kind.
pub struct Sessions<T>(Mutex<BTreeMap<u64, (Activity, T)>>);

/// The next number of a session.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl<T: Asked + Clone + 'static> Sessions<T> {
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// Enters a session, until the result is dropped.
    pub fn enter(&'static self, activity: &Activity, session: T) -> Registration<T> {
        let entry = NEXT.fetch_add(1, Ordering::Relaxed);
        self.entries().insert(entry, (activity.clone(), session));
        Registration { entry, sessions: self }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<T> {
        self.entries().values().map(|(_, session)| session.clone()).collect()
    }

    /// Those whose server has not answered for that long.
    #[must_use]
    pub fn silent(&self, for_longer_than: Duration) -> Vec<SilentSession> {
        let silent = |(&entry, (activity, session)): (&u64, &(Activity, T))| {
            let unanswered = activity.unanswered(for_longer_than)?;
            let (activity, session) = (activity.clone(), Arc::new(session.clone()));
            Some(SilentSession { entry, unanswered, activity, session })
        };
        self.entries().iter().filter_map(silent).collect()
    }
}

impl<T> Sessions<T> {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<u64, (Activity, T)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's entry in the list; dropping it removes the entry.
pub struct Registration<T: 'static> {
    entry: u64,
    sessions: &'static Sessions<T>,
}

impl<T> fmt::Debug for Registration<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("entry", &self.entry).finish_non_exhaustive()
    }
}

impl<T> Drop for Registration<T> {
    fn drop(&mut self) {
        self.sessions.entries().remove(&self.entry);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use futures_util::future::BoxFuture;

    use super::{Activity, Asked, Sessions, Silence, SilentSession};
    use crate::sql::Dialect;

    #[derive(Clone)]
    struct Session(&'static str);

    impl Asked for Session {
        fn server(&self) -> String {
            self.0.to_owned()
        }

        fn reason(&self) -> BoxFuture<'_, Silence> {
            async { Silence::Working }.boxed()
        }
    }

    #[test]
    fn a_session_is_silent_while_it_waits_and_is_open() {
        static SESSIONS: Sessions<Session> = Sessions::new();
        let activity = Activity::new(Dialect::MySql);
        let open = SESSIONS.enter(&activity, Session("one"));
        let other = SESSIONS.enter(&Activity::new(Dialect::MySql), Session("other"));
        assert!(SESSIONS.silent(Duration::ZERO).is_empty());
        let wait = activity.send("SELECT 1");
        let silent = SESSIONS.silent(Duration::ZERO);
        assert_eq!(silent.iter().map(SilentSession::server).collect::<Vec<_>>(), ["one"]);
        assert!(silent[0].silence().is_some());
        drop(wait);
        assert_eq!(silent[0].silence(), None);
        drop(open);
        assert_eq!(SESSIONS.all().iter().map(|it| it.0).collect::<Vec<_>>(), ["other"]);
        drop(other);
        assert!(SESSIONS.all().is_empty());
    }
}
