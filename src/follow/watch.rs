//! Once a second: the end of the source's log, the state, and whether another command takes over.

use tokio::time::Instant;

use super::apply::recorded;
use super::control::require_position;
use super::session::{End, Session, Step};
use super::{FollowStatus, Lag, Outcome};
use crate::mysql::binlog::bytes_behind;

impl Session<'_> {
    /// Once a second: the end of the log, the state, and whether another command takes over.
    pub(super) async fn tick(&mut self) -> Step {
        let done = self.done();
        let files = self.control.log_files().await?;
        require_position(&files, &done)?;
        if let Some(last) = files.last() {
            self.end = Some((last.clone(), Instant::now()));
        }
        self.ticked.lag_bytes = bytes_behind(&files, &done);
        if self.pending.changes == 0 && self.open.is_none() {
            self.pass_unchanged();
            if let Some(end) = self.flush().await? {
                return Ok(Some(end));
            }
        }
        let schema = &self.setup.options.schema;
        let record = recorded(&self.applier.connection, schema).await?;
        let behind = self.ticked.lag_bytes.is_none_or(|bytes| bytes > 0);
        let since = |time| self.control.seconds_since(time);
        let seconds = record.source_time.filter(|_| behind).map_or(0, since);
        if self.control.is_log_ending(&files, &done, seconds) {
            let statement = self.control.longer_retention();
            self.setup.observer.log_is_ending(&done.file, &statement);
        }
        let applied = self.totals.applied;
        self.setup.observer.status(&FollowStatus {
            position: self.applier.position.to_string(),
            lag: Lag { bytes: self.ticked.lag_bytes, seconds },
            applied,
            changes_per_second: applied.changes - self.ticked.changes,
            waiting_for: None,
        });
        self.ticked.changes = applied.changes;
        if record.handover {
            let end = self.flush().await?;
            return Ok(end.or(Some(End::Outcome(Outcome::HandedOver))));
        }
        Ok(None)
    }
}
