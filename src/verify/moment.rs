//! Whether the source changes while it is read.

use super::{Error, SourceChange};
use crate::mysql::{Connection, last_write, log_position, server_time};

/// Where the source was when the reading began.
pub(super) struct Moment {
    pub(super) position: Option<String>,
    time: Option<String>,
    last_write: Option<String>,
}

impl Moment {
    pub(super) async fn of(control: &mut Connection) -> Result<Self, Error> {
        Ok(Self {
            time: server_time(control).await?,
            last_write: last_write(control).await?,
            position: log_position(control).await?,
        })
    }

    /// Whether the source has changed since. The log is that of all databases of the server, so where
    /// it has moved the tables themselves are asked.
    pub(super) async fn changed(&self, control: &mut Connection) -> Result<SourceChange, Error> {
        let position = log_position(control).await?;
        if position.is_some() && position == self.position {
            return Ok(SourceChange::No);
        }
        let has_moved = position.is_some() && self.position.is_some();
        let last_write = last_write(control).await?;
        Ok(match &last_write {
            last_write if *last_write != self.last_write => SourceChange::Yes,
            None if has_moved => SourceChange::Yes,
            // Times are told by the second: a write in that of the beginning may have come after it.
            Some(last) if self.time.as_ref().is_some_and(|time| last < time) => SourceChange::No,
            _ => SourceChange::Unknown,
        })
    }
}
