//! The time and the disk space that a migration of this source takes, as far as a short measurement shows.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::Size;
use crate::figures::human_bytes;
use crate::ui::Ui;

/// The time of a migration in times of its check: of a million posts, 32 s in total and 2.3 s
/// (`scripts/bench migrate`, 2 processors).
const CHECKS: u32 = 14;
/// Less than this is start-up and says nothing about rows.
const LEAST_MEASURED: Duration = Duration::from_millis(200);

/// An estimate, from how long the check of all rows took here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub(super) struct Estimate {
    /// How long the check read this source, in seconds.
    pub(super) measured_seconds: f64,
    /// The whole migration, in seconds; not a guarantee.
    pub(super) migration_seconds: u64,
    /// Disk space on the target in bytes, with indexes and write-ahead log.
    pub(super) target_bytes: u64,
}

impl Estimate {
    /// By the time that the check took, and at least what the size makes likely.
    pub(super) fn of(size: &Size, checked_in: Duration) -> Self {
        let measured = if checked_in < LEAST_MEASURED { Duration::ZERO } else { checked_in };
        let by_time = (measured * CHECKS).as_secs();
        Self {
            measured_seconds: checked_in.as_secs_f64(),
            migration_seconds: by_time.max(2 * size.copy_seconds),
            target_bytes: size.target_bytes,
        }
    }

    pub(super) fn say(&self, ui: Ui) {
        ui.say(format!(
            "\nestimate for `migrate`: about {}, and {} on the target's disk (the check read this source in \
             {:.1} s); a rehearsal measures it",
            duration(self.migration_seconds),
            human_bytes(self.target_bytes),
            self.measured_seconds,
        ));
    }
}

/// Seconds in the unit that people use.
fn duration(seconds: u64) -> String {
    match seconds {
        0..90 => format!("{} s", seconds.max(1)),
        90..5400 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{:.1} h", f64::from(u32::try_from(seconds).unwrap_or(u32::MAX)) / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Estimate, duration};
    use crate::check::Size;

    #[test]
    fn the_measured_time_counts_where_it_is_long_enough() {
        let size = Size { rows: 1000, bytes: 1 << 20, copy_seconds: 1, target_bytes: 4 << 20 };
        let soon = Estimate::of(&size, Duration::from_millis(20));
        assert_eq!((soon.migration_seconds, soon.target_bytes), (2, 4 << 20));
        assert_eq!(Estimate::of(&size, Duration::from_secs(60)).migration_seconds, 840);
        assert_eq!([0, 89, 600, 9000].map(duration), ["1 s", "89 s", "10 min", "2.5 h"]);
    }
}
