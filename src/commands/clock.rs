//! How long a command works, without the time that it waits for an answer.

use std::time::{Duration, Instant};

/// A clock that can be stopped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    since: Instant,
    idle: Duration,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { since: Instant::now(), idle: Duration::ZERO }
    }

    /// Does something that the clock does not count.
    pub(super) fn without<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let outcome = work();
        self.idle += began.elapsed();
        outcome
    }

    /// The time that was counted, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        self.since.elapsed().saturating_sub(self.idle).as_secs_f64()
    }
}
