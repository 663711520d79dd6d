//! One piece of work under way: how much of it is done, in words.

use std::time::Duration;

use indicatif::{BinaryBytes, HumanCount, HumanDuration};

/// How far a piece of work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TaskProgress {
    /// Its units (rows, statements, tables), where known beforehand.
    pub(super) total: Option<u64>,
    /// Units done.
    pub(super) done: u64,
    /// Bytes gone by, where they are counted.
    pub(super) bytes: u64,
}

impl TaskProgress {
    /// The share that is done, from 0 to 1; an estimate of the total may have been too low.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn share(&self) -> f64 {
        match self.total {
            Some(total) if total > 0 => (self.done as f64 / total as f64).min(1.0),
            _ => 0.0,
        }
    }

    /// What it came to: `1,000,000 (412.31 MiB) in 12.3 s`.
    pub(super) fn outcome(&self, took: Duration) -> String {
        let seconds = took.as_secs_f64();
        match (self.total, self.done) {
            (None, 0) => format!("{seconds:.1} s"),
            (_, done) => format!("{}{} in {seconds:.1} s", HumanCount(done), self.volume()),
        }
    }

    /// Where it stands: `412,000 of 1,500,000 (170.02 MiB), 51,000/s, about 21 seconds left`.
    pub(super) fn state(&self, since: Duration) -> String {
        let Some(total) = self.total else {
            return format!("for {}", HumanDuration(since));
        };
        let done = format!("{} of {}{}", HumanCount(self.done), HumanCount(total), self.volume());
        match time_left(self.share(), since) {
            Some(left) => format!("{done}, {}/s, {left}", self.rate(since)),
            None => done,
        }
    }

    /// Bytes and their rate for the end of a bar; empty where bytes are not counted.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn flow(&self, since: Duration) -> String {
        if self.bytes == 0 {
            return String::new();
        }
        let rate = self.bytes as f64 / since.as_secs_f64().max(0.001);
        format!("{} {}/s", BinaryBytes(self.bytes), BinaryBytes(rate as u64))
    }

    fn volume(&self) -> String {
        if self.bytes == 0 { String::new() } else { format!(" ({})", BinaryBytes(self.bytes)) }
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn rate(&self, since: Duration) -> HumanCount {
        HumanCount((self.done as f64 / since.as_secs_f64().max(0.001)) as u64)
    }
}

/// How long the rest will take if it goes on as so far: `about 12 minutes left`; `None` while too
/// little is done to tell.
pub(super) fn time_left(share: f64, elapsed: Duration) -> Option<String> {
    const ENOUGH: f64 = 0.01;
    (share >= ENOUGH).then(|| {
        let left = elapsed.mul_f64((1.0 - share) / share);
        format!("about {} left", HumanDuration(left))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{TaskProgress, time_left};

    const HALF: TaskProgress =
        TaskProgress { total: Some(2_000_000), done: 1_000_000, bytes: 432_345_678 };

    #[test]
    fn a_state_tells_how_much_how_fast_and_how_long_still() {
        let state = HALF.state(Duration::from_secs(20));
        insta::assert_snapshot!(state, @"1,000,000 of 2,000,000 (412.32 MiB), 50,000/s, about 20 seconds left");
        let uncounted = TaskProgress::default().state(Duration::from_secs(64));
        insta::assert_snapshot!(uncounted, @"for 64 seconds");
        insta::assert_snapshot!(HALF.flow(Duration::from_secs(20)), @"412.32 MiB 20.62 MiB/s");
    }

    #[test]
    fn an_outcome_tells_what_it_came_to() {
        let took = Duration::from_millis(12_340);
        insta::assert_snapshot!(HALF.outcome(took), @"1,000,000 (412.32 MiB) in 12.3 s");
        insta::assert_snapshot!(TaskProgress::default().outcome(took), @"12.3 s");
    }

    #[test]
    fn nothing_is_foretold_from_too_little_and_no_share_passes_the_whole() {
        assert_eq!(time_left(0.001, Duration::from_secs(1)), None);
        assert_eq!(time_left(1.0, Duration::from_secs(9)).as_deref(), Some("about 0 seconds left"));
        let more_than_estimated = TaskProgress { total: Some(10), done: 12, bytes: 0 };
        assert!(more_than_estimated.share() <= 1.0);
    }
}
