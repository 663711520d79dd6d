//! The progress of one task as text.

use std::time::Duration;

use indicatif::HumanDuration;

use crate::figures::{counted, grouped, human_bytes};
use crate::progress::TaskUnit;

/// The progress of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TaskProgress {
    /// The number of units (rows, statements, tables), if known.
    pub(super) total: Option<u64>,
    /// Units done.
    pub(super) done: u64,
    /// What is counted.
    pub(super) unit: TaskUnit,
    /// Bytes processed besides, if they are counted.
    pub(super) bytes: u64,
}

impl TaskProgress {
    /// The share that is done, from 0 to 1; the total may be an estimate that was too low.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn share(&self) -> f64 {
        match self.total {
            Some(total) if total > 0 => (self.done as f64 / total as f64).min(1.0),
            _ => 0.0,
        }
    }

    /// The outcome, such as `1,000,000 rows (412 MiB) in 12.3 s`.
    pub(super) fn outcome(&self, took: Duration) -> String {
        let seconds = took.as_secs_f64();
        match (self.total, self.done) {
            (None, 0) => format!("{seconds:.1} s"),
            _ if self.unit == TaskUnit::Effort => format!("{seconds:.1} s"),
            (_, done) => format!("{}{} in {seconds:.1} s", self.counted(done), self.volume()),
        }
    }

    /// The state, such as `412,000 of 1,500,000 rows (170 MiB), 51,000/s, about 21 seconds left`; the time left only
    /// if no other estimate is printed, and no rate while the work waits.
    ///
    /// `since` is the time of work, `wait` how long it has waited by now.
    pub(super) fn state(&self, since: Duration, wait: Option<Duration>, is_alone: bool) -> String {
        let Some(total) = self.total else {
            return format!("for {}", HumanDuration(since + wait.unwrap_or_default()));
        };
        if self.unit == TaskUnit::Effort {
            return format!("{:.0} %", self.share() * 100.0);
        }
        let done =
            format!("{} of {}{}", self.figure(self.done), self.counted(total), self.volume());
        match time_left(self.share(), since).map(left) {
            _ if wait.is_some() => done,
            Some(left) if is_alone => format!("{done}, {}/s, {left}", self.rate(since)),
            Some(_) => format!("{done}, {}/s", self.rate(since)),
            None => done,
        }
    }

    /// The rate in bytes for the end of a bar, or how long the work has waited; empty if bytes are not
    /// counted.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn flow(&self, since: Duration, wait: Option<Duration>) -> String {
        if let Some(wait) = wait {
            return format!("waiting for {}", HumanDuration(wait));
        }
        if self.bytes == 0 {
            return String::new();
        }
        let rate = self.bytes as f64 / since.as_secs_f64().max(0.001);
        format!("{}/s", human_bytes(rate as u64))
    }

    /// A number of units, without the unit where it has a name.
    fn figure(&self, units: u64) -> String {
        match self.unit {
            TaskUnit::Bytes => human_bytes(units),
            TaskUnit::RowPairs => grouped(units / 2),
            TaskUnit::Named | TaskUnit::Rows | TaskUnit::Tables | TaskUnit::Effort => {
                grouped(units)
            }
        }
    }

    /// A number of units with the unit.
    fn counted(&self, units: u64) -> String {
        match self.unit {
            TaskUnit::Rows => counted(units, "row"),
            TaskUnit::RowPairs => counted(units / 2, "row"),
            TaskUnit::Tables => counted(units, "table"),
            TaskUnit::Named | TaskUnit::Bytes | TaskUnit::Effort => self.figure(units),
        }
    }

    fn volume(&self) -> String {
        if self.bytes == 0 { String::new() } else { format!(" ({})", human_bytes(self.bytes)) }
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn rate(&self, since: Duration) -> String {
        let rate = (self.done as f64 / since.as_secs_f64().max(0.001)) as u64;
        self.figure(if self.unit == TaskUnit::Bytes { rate } else { rounded(rate) })
    }
}

/// A number with three digits that count.
fn rounded(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 1000 {
        unit *= 10;
    }
    (number + unit / 2) / unit * unit
}

/// The remaining time at the current rate; `None` if too little is done to estimate it.
pub(super) fn time_left(share: f64, elapsed: Duration) -> Option<Duration> {
    const ENOUGH: f64 = 0.01;
    (share >= ENOUGH).then(|| elapsed.mul_f64((1.0 - share).max(0.0) / share))
}

/// The remaining time as text, such as `about 12 minutes left`.
pub(super) fn left(time: Duration) -> String {
    format!("about {} left", HumanDuration(time))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{TaskProgress, TaskUnit, left, rounded, time_left};

    const HALF: TaskProgress = TaskProgress {
        total: Some(2_000_000),
        done: 1_000_000,
        unit: TaskUnit::Rows,
        bytes: 432_345_678,
    };

    #[test]
    fn a_state_has_the_amount_the_rate_and_the_time_left() {
        let state = HALF.state(Duration::from_secs(20), None, true);
        insta::assert_snapshot!(state, @"1,000,000 of 2,000,000 rows (412 MiB), 50,000/s, about 20 seconds left");
        let state = HALF.state(Duration::from_secs(20), None, false);
        insta::assert_snapshot!(state, @"1,000,000 of 2,000,000 rows (412 MiB), 50,000/s");
        let uncounted = TaskProgress::default().state(Duration::from_secs(64), None, true);
        insta::assert_snapshot!(uncounted, @"for 64 seconds");
        insta::assert_snapshot!(HALF.flow(Duration::from_secs(20), None), @"21 MiB/s");
        let wait = Some(Duration::from_secs(7));
        let state = HALF.state(Duration::from_secs(20), wait, true);
        insta::assert_snapshot!(state, @"1,000,000 of 2,000,000 rows (412 MiB)");
        insta::assert_snapshot!(HALF.flow(Duration::from_secs(20), wait), @"waiting for 7 seconds");
    }

    #[test]
    fn an_outcome_has_the_total() {
        let took = Duration::from_millis(12_340);
        insta::assert_snapshot!(HALF.outcome(took), @"1,000,000 rows (412 MiB) in 12.3 s");
        insta::assert_snapshot!(TaskProgress::default().outcome(took), @"12.3 s");
    }

    #[test]
    fn figures_have_their_unit() {
        let took = Duration::from_secs(2);
        let outcome = |unit| TaskProgress { unit, bytes: 0, ..HALF }.outcome(took);
        assert_eq!(outcome(TaskUnit::RowPairs), "500,000 rows in 2.0 s");
        assert_eq!(outcome(TaskUnit::Tables), "1,000,000 tables in 2.0 s");
        assert_eq!(outcome(TaskUnit::Bytes), "977 KiB in 2.0 s");
        assert_eq!(outcome(TaskUnit::Named), "1,000,000 in 2.0 s");
        assert_eq!(outcome(TaskUnit::Effort), "2.0 s");
        let one = TaskProgress { total: Some(1), done: 1, unit: TaskUnit::Rows, bytes: 0 };
        assert_eq!(one.outcome(took), "1 row in 2.0 s");
        let state = |unit| TaskProgress { unit, bytes: 0, ..HALF }.state(took, None, true);
        insta::assert_snapshot!(state(TaskUnit::RowPairs), @"500,000 of 1,000,000 rows, 250,000/s, about 2 seconds left");
        insta::assert_snapshot!(state(TaskUnit::Bytes), @"977 KiB of 1.9 MiB, 488 KiB/s, about 2 seconds left");
        insta::assert_snapshot!(state(TaskUnit::Effort), @"50 %");
    }

    #[test]
    fn nothing_is_foretold_from_too_little_and_no_share_passes_the_whole() {
        assert_eq!(time_left(0.001, Duration::from_secs(1)), None);
        assert_eq!(time_left(1.0, Duration::from_secs(9)), Some(Duration::ZERO));
        insta::assert_snapshot!(left(Duration::from_secs(700)), @"about 12 minutes left");
        let more_than_estimated =
            TaskProgress { total: Some(10), done: 12, ..TaskProgress::default() };
        assert!(more_than_estimated.share() <= 1.0);
    }

    #[test]
    fn figures_have_the_digits_that_count() {
        assert_eq!([7, 999, 174_993, 1_234_567].map(rounded), [7, 999, 175_000, 1_230_000]);
    }
}
