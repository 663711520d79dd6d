//! The steps of the window and how long each takes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The steps so far, the last of which is under way.
pub(super) struct Steps {
    began: Instant,
    begun: Mutex<Vec<(&'static str, Instant)>>,
}

impl Steps {
    pub(super) fn start() -> Self {
        Self { began: Instant::now(), begun: Mutex::default() }
    }

    /// Begins a step, such as "comparing the changed rows", and ends the one before.
    pub(super) fn begin(&self, step: &'static str) {
        self.begun().push((step, Instant::now()));
    }

    /// Seconds since writes were about to stop.
    pub(super) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Each step with its time, such as "applying the last changes 0.4 s".
    pub(super) fn describe(&self) -> String {
        let begun = self.begun();
        let ends = begun.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()]);
        let times = begun.iter().zip(ends).map(|((step, at), end)| {
            format!("{step} {:.1} s", end.duration_since(*at).as_secs_f64())
        });
        times.collect::<Vec<_>>().join(", ")
    }

    /// The step that is under way.
    pub(super) fn current(&self) -> &'static str {
        self.begun().last().map_or("beginning", |(step, _)| step)
    }

    fn begun(&self) -> MutexGuard<'_, Vec<(&'static str, Instant)>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
