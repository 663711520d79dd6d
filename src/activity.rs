//! What a session waits for: the statement that a server has not answered, and since when.

mod sessions;

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

pub use sessions::{Asked, Registration, Sessions, SilentSession};

use crate::foreign_text::spell_out;
use crate::sql::{Dialect, without_values};

/// The longest part of a statement that a message shows, in characters.
const SHOWN: usize = 100;
/// The part of a statement that is kept, in bytes: enough for what is shown, whatever its white space.
const KEPT: usize = 2048;

/// The statement of a session that is being opened.
pub const OPENING: &str = "opening a session";

/// The statement of a session, shared with whoever watches the session.
#[derive(Clone)]
pub struct Activity(Arc<State>);

struct State {
    dialect: Dialect,
    /// Its start, with values.
    statement: Mutex<String>,
    /// Milliseconds from the start of the clock to the start of the wait, plus one; 0 if nothing is waited for.
    since: AtomicU64,
}

/// A statement that is not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Its start, without values.
    pub statement: String,
    /// How long the server has sent nothing.
    pub silence: Duration,
}

/// Without the statement, which may contain values.
impl std::fmt::Debug for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Activity").finish_non_exhaustive()
    }
}

impl Activity {
    /// A session that has sent nothing.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        let statement = Mutex::new(String::new());
        Self(Arc::new(State { dialect, statement, since: AtomicU64::new(0) }))
    }

    /// A statement is sent; the wait for its answer ends when the result is dropped.
    #[must_use]
    pub fn send(&self, statement: &str) -> Wait<'_> {
        let mut kept = self.0.statement.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clear();
        kept.push_str(&statement[..statement.floor_char_boundary(KEPT)]);
        drop(kept);
        self.wait()
    }

    /// Waits for more of the same statement's answer, if it is not here yet.
    pub async fn wait_for<T>(&self, answer: impl Future<Output = T>) -> T {
        let mut answer = pin!(answer);
        // Most rows are here: a look at the clock for each would take longer than the rest of this.
        if let Poll::Ready(answer) = futures_util::poll!(answer.as_mut()) {
            return answer;
        }
        let _waiting = self.wait();
        answer.await
    }

    fn wait(&self) -> Wait<'_> {
        self.0.since.store(now() + 1, Ordering::Relaxed);
        Wait(self)
    }

    /// The statement, if the server has not sent anything for that long.
    #[must_use]
    pub fn unanswered(&self, for_longer_than: Duration) -> Option<Unanswered> {
        let since = self.0.since.load(Ordering::Relaxed).checked_sub(1)?;
        let silence = Duration::from_millis(now().saturating_sub(since));
        if silence < for_longer_than {
            return None;
        }
        let statement = self.0.statement.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Unanswered { statement: summary(self.0.dialect, &statement), silence })
    }
}

/// Why a server does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// It works on the statement.
    Working,
    /// The statement waits for a lock.
    Locked {
        /// What is locked, such as: table `public.posts`.
        what: String,
        /// The sessions that hold it, if the server shows them.
        holders: Vec<Holder>,
        /// Whether these are known to hold it; otherwise each of them may.
        is_certain: bool,
    },
    /// It has nothing to do for the session, or waits for the network: nothing arrives.
    Unheard,
    /// It could not be asked.
    Unasked {
        /// The error.
        reason: String,
    },
}

/// How long a server may take to say why.
const LIMIT: Duration = Duration::from_secs(4);

impl Silence {
    /// The answer of a server that is asked why; without one in time, it is unheard.
    pub async fn asked<E: std::fmt::Display>(
        answer: impl Future<Output = Result<Self, E>>,
    ) -> Self {
        match tokio::time::timeout(LIMIT, answer).await {
            Ok(Ok(silence)) => silence,
            Ok(Err(error)) => Self::Unasked { reason: error.to_string() },
            Err(_) => Self::Unheard,
        }
    }
}

/// A session that holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The session, such as: session 12 (user `mmuser`, …).
    pub session: String,
    /// The statement that ends the session.
    pub end: String,
}

/// A wait for a server.
#[derive(Debug)]
pub struct Wait<'a>(&'a Activity);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.0.since.store(0, Ordering::Relaxed);
    }
}

/// Milliseconds since the first call.
fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The start of a statement in one line, without values.
fn summary(dialect: Dialect, statement: &str) -> String {
    let line = without_values(dialect, statement);
    let shown = match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None => line,
    };
    spell_out(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use super::{Activity, summary};
    use crate::sql::Dialect;

    #[test]
    fn a_statement_is_unanswered_while_its_wait_lasts() {
        let activity = Activity::new(Dialect::MySql);
        assert_eq!(activity.unanswered(Duration::ZERO), None);
        let wait = activity.send("SELECT 1");
        let found = activity.unanswered(Duration::ZERO).map(|it| it.statement);
        assert_eq!(found.as_deref(), Some("SELECT ?"));
        assert_eq!(activity.unanswered(Duration::from_mins(1)), None);
        drop(wait);
        assert_eq!(activity.unanswered(Duration::ZERO), None);
    }

    #[tokio::test]
    async fn an_answer_that_is_not_here_is_waited_for() {
        let activity = Activity::new(Dialect::MySql);
        assert_eq!(activity.wait_for(async { 1 }).await, 1);
        let (send, receive) = tokio::sync::oneshot::channel();
        let mut answer = pin!(activity.wait_for(receive));
        assert!(futures_util::poll!(answer.as_mut()).is_pending());
        assert!(activity.unanswered(Duration::ZERO).is_some());
        send.send(2).expect("a receiver");
        assert_eq!(answer.await, Ok(2));
        assert_eq!(activity.unanswered(Duration::ZERO), None);
    }

    #[test]
    fn a_statement_is_shown_in_one_line_and_without_values() {
        let summary = |statement: &str| summary(Dialect::MySql, statement);
        assert_eq!(summary("ALTER TABLE `a`\n   ADD b int;"), "ALTER TABLE `a` ADD b int;");
        assert_eq!(
            summary("UPDATE t SET a = 'secret' WHERE b = 1"),
            "UPDATE t SET a = ? WHERE b = ?"
        );
        let long = summary(&"SELECT ".repeat(1000));
        assert!(long.ends_with('…') && long.chars().count() <= 102, "{long}");
    }
}
