//! How far the builds of indexes are that run now.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::ALL_INDEXES;
use crate::postgres::{Connection, Error, built_shares};
use crate::progress::Progress;

/// The builds that run, by the process ID of their session with the target.
#[derive(Debug, Default)]
pub(super) struct Builds(Mutex<BTreeMap<i32, Build>>);

/// A build.
#[derive(Debug)]
struct Build {
    work: u64,
    /// How much of it has been reported as done.
    reported: u64,
}

impl Builds {
    fn running(&self) -> MutexGuard<'_, BTreeMap<i32, Build>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session begins a build that is so much work.
    pub(super) fn begin(&self, session: i32, work: u64) {
        self.running().insert(session, Build { work, reported: 0 });
    }

    /// The build of a session is complete.
    pub(super) fn end(&self, session: i32, progress: &dyn Progress) {
        if let Some(build) = self.running().remove(&session) {
            progress.advance(ALL_INDEXES, build.work - build.reported);
        }
    }

    /// Asks the server how far the builds are.
    pub(super) async fn report(
        &self,
        control: &Connection,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let sessions: Vec<i32> = self.running().keys().copied().collect();
        if sessions.is_empty() {
            return Ok(());
        }
        for (session, share) in built_shares(control, &sessions).await? {
            self.note(session, share, progress);
        }
        Ok(())
    }

    /// Such a share of a session's build is done.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn note(&self, session: i32, share: f64, progress: &dyn Progress) {
        let mut running = self.running();
        let Some(build) = running.get_mut(&session) else { return };
        let done = ((build.work as f64 * share) as u64).min(build.work);
        if done > build.reported {
            progress.advance(ALL_INDEXES, done - build.reported);
            build.reported = done;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Builds;
    use crate::progress::{Progress, TaskSize};

    #[derive(Default)]
    struct Sum(AtomicU64);

    impl Progress for Sum {
        fn begin(&self, _what: &str, _size: TaskSize) {}
        fn advance(&self, _what: &str, units: u64) {
            self.0.fetch_add(units, Ordering::Relaxed);
        }
        fn finish(&self, _what: &str) {}
    }

    #[test]
    fn all_work_is_reported_once_whatever_the_server_reports() {
        let (builds, sum) = (Builds::default(), Sum::default());
        let reported = || sum.0.load(Ordering::Relaxed);
        builds.begin(7, 1000);
        builds.note(7, 0.5, &sum);
        assert_eq!(reported(), 500);
        // Another index of the same session, or a share beyond the whole.
        builds.note(7, 0.1, &sum);
        builds.note(8, 0.9, &sum);
        assert_eq!(reported(), 500);
        builds.note(7, 1.7, &sum);
        builds.end(7, &sum);
        builds.end(7, &sum);
        assert_eq!(reported(), 1000);
    }
}
