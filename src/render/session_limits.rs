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
