//! What is known, and what is doubted, of the rows of a source, as text.

use crate::source::{Consistency, Doubt};
use crate::transcript::Line;

/// A defect of a dump that the user accepted.
pub(super) fn doubt_line(doubt: &Doubt) -> Line {
    Line::warning(format!("accepted about the dump: {doubt}"))
}

/// The evidence that all rows of a run come from one snapshot.
pub(super) fn describe_consistency(consistency: Consistency) -> &'static str {
    match consistency {
        Consistency::Lock => "consistent snapshot, taken under a short read lock",
        Consistency::Position => "consistent snapshot, at one position of the binary log",
        Consistency::PositionIfUnfiltered => {
            "all sessions at one position of the binary log: a consistent snapshot, unless the log leaves out \
             this database (`binlog_do_db`, `binlog_ignore_db`), which the account may not see"
        }
        Consistency::ReadOnly => "consistent snapshot of a read-only server",
        Consistency::SingleReader => "consistent snapshot, read by one session",
        Consistency::Dump => "the state at the time of the dump",
        Consistency::Nothing => {
            "no consistent snapshot: the rows are consistent only if Mattermost was stopped"
        }
    }
}
