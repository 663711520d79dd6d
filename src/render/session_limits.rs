//! The sessions that both sides grant, as text.

use crate::transcript::{Line, LineKind};
use crate::workspace::{ReducedJobs, SessionLimits};

impl SessionLimits {
    /// Which server's limits reduce the number of jobs.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let line = |it: &ReducedJobs| {
            let text = format!(
                "the connection limits of the {} server leave {} sessions: jobs reduced from {} to {}",
                it.server, it.free, it.from, it.to
            );
            Line::new(LineKind::Note, text)
        };
        self.reduced.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::transcript::testing::printed;
    use crate::workspace::{ReducedJobs, SessionLimits};

    #[test]
    fn only_limits_that_reduce_the_jobs_are_named() {
        let reduced = vec![ReducedJobs { server: "MySQL", free: 4, from: 8, to: 2 }];
        let limits = SessionLimits { for_work: 2, reduced };
        insta::assert_snapshot!(printed(&limits.lines()), @r"
        Note: the connection limits of the MySQL server leave 4 sessions: jobs reduced from 8 to 2
        ");
        let limits = SessionLimits { for_work: 2, reduced: Vec::new() };
        assert!(limits.lines().is_empty());
    }
}
