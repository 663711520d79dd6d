//! Whether everything is applied that the source's log has.

use std::time::Duration;

use super::session::{End, Session, Step};
use super::{Ending, Outcome};
use crate::mysql::binlog::Position;

/// How long the end of the source's log that was read counts as its end.
const CAUGHT_UP: Duration = Duration::from_secs(2);

impl Session<'_> {
    /// Up to here everything is applied.
    pub(super) fn done(&self) -> Position {
        if self.pending.changes == 0 && self.open.is_none() {
            self.quiet_at.clone().max(self.applier.position.clone())
        } else {
            self.applier.position.clone()
        }
    }

    /// Whether the end has come that the options ask for.
    pub(super) async fn ended(&mut self) -> Step {
        match &self.setup.options.ending {
            Ending::CaughtUp => self.caught_up().await,
            Ending::At(end) if self.open.is_none() && *self.read_up_to() >= *end => {
                self.arrive(end.clone()).await
            }
            Ending::At(_) | Ending::Interruption => Ok(None),
        }
    }

    /// Everything up to here was read.
    fn read_up_to(&self) -> &Position {
        (&self.border).max(&self.quiet_at)
    }

    /// Whether a transaction ends behind the position at which following ends.
    pub(super) fn is_behind_the_end(&self, position: &Position) -> bool {
        matches!(&self.setup.options.ending, Ending::At(end) if position > end)
    }

    /// Gives up the transaction that is being read, which is behind the end, and ends.
    pub(super) async fn end_before_open(&mut self) -> Step {
        self.applier.roll_back().await?;
        self.open = None;
        match &self.setup.options.ending {
            Ending::At(end) => self.arrive(end.clone()).await,
            Ending::CaughtUp | Ending::Interruption => Ok(None),
        }
    }

    /// Applies everything before a position, and records that position.
    async fn arrive(&mut self, end: Position) -> Step {
        self.border = end.max(self.applier.position.clone());
        let ended = self.flush().await?;
        Ok(ended.or(Some(End::Outcome(Outcome::CaughtUp))))
    }

    /// Goes behind what was read and changed nothing, also behind transactions that the server left out
    /// because the readers of the copy had seen them.
    pub(super) fn pass_unchanged(&mut self) {
        let done = self.done();
        if self.log_file.is_some() && done > self.border {
            self.border = done;
        }
    }

    async fn caught_up(&mut self) -> Step {
        // Only with the file of the log at hand is it known that the log was not reset.
        let (Some((end, read)), Some(_)) = (&self.end, &self.log_file) else { return Ok(None) };
        if read.elapsed() > CAUGHT_UP || self.done() < *end {
            return Ok(None);
        }
        self.pass_unchanged();
        let end = self.flush().await?;
        Ok(end.or(Some(End::Outcome(Outcome::CaughtUp))))
    }
}
