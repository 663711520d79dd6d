//! Time spent waiting for locks and silent servers, which says nothing about the speed of the work.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The waits of this process.
static WAITS: Mutex<Waits> = Mutex::new(Waits { ended: Vec::new(), since: None });

#[derive(Debug)]
struct Waits {
    /// Each wait from its start to its end.
    ended: Vec<(Instant, Instant)>,
    /// The start of the one that lasts.
    since: Option<Instant>,
}

impl Waits {
    fn begin(&mut self, since: Instant) {
        self.since.get_or_insert(since);
    }

    fn end(&mut self, now: Instant) {
        if let Some(since) = self.since.take() {
            self.ended.push((since, now));
        }
    }

    /// The time from `start` to `now` without the waits.
    fn worked(&self, start: Instant, now: Instant) -> Duration {
        let waits = self.ended.iter().copied().chain(self.since.map(|since| (since, now)));
        let waited: Duration =
            waits.map(|(from, to)| to.saturating_duration_since(from.max(start))).sum();
        now.saturating_duration_since(start).saturating_sub(waited)
    }
}

/// A wait has lasted since then.
pub(super) fn begin(since: Instant) {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner).begin(since);
}

/// Nothing is waited for any more.
pub(super) fn end() {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner).end(Instant::now());
}

/// How long a wait has lasted by now.
pub(super) fn lasting() -> Option<Duration> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner).since.map(|since| since.elapsed())
}

/// The time since `start` without the waits.
pub(super) fn worked(start: Instant) -> Duration {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner).worked(start, Instant::now())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Waits;

    #[test]
    fn time_stands_still_during_a_wait() {
        let start = Instant::now();
        let at = |second| start + Duration::from_secs(second);
        let mut waits = Waits { ended: Vec::new(), since: None };
        assert_eq!(waits.worked(start, at(10)), Duration::from_secs(10));
        waits.begin(at(10));
        assert_eq!(waits.worked(start, at(50)), Duration::from_secs(10));
        waits.end(at(60));
        assert_eq!(waits.worked(start, at(65)), Duration::from_secs(15));
        // Work that began during the wait.
        assert_eq!(waits.worked(at(40), at(65)), Duration::from_secs(5));
        assert_eq!(waits.worked(at(62), at(65)), Duration::from_secs(3));
    }
}
