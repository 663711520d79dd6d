//! A moment of a source, and whether the source has changed since.

use super::position::{last_write, log_position, server_time};
use super::{Connection, Error};

/// Where a source was at a moment.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    position: Option<String>,
    time: Option<String>,
    last_write: Option<String>,
}

impl Moment {
    /// Now.
    pub async fn of(connection: &mut Connection) -> Result<Self, Error> {
        Ok(Self {
            time: server_time(connection).await?,
            last_write: last_write(connection).await?,
            position: log_position(connection).await?,
        })
    }

    /// How far the server's log of changes had got; `None` where it keeps none, or the account may not
    /// see it.
    #[must_use]
    pub fn position(&self) -> Option<&str> {
        self.position.as_deref()
    }

    /// Whether the source has changed since; `None` where the server does not tell. The log is that of
    /// all databases of the server, so where it has moved the tables themselves are asked.
    pub async fn has_passed(&self, connection: &mut Connection) -> Result<Option<bool>, Error> {
        let position = log_position(connection).await?;
        if position.is_some() && position == self.position {
            return Ok(Some(false));
        }
        let has_moved = position.is_some() && self.position.is_some();
        let last_write = last_write(connection).await?;
        Ok(match &last_write {
            last_write if *last_write != self.last_write => Some(true),
            None if has_moved => Some(true),
            // Times are told by the second: a write in that of the beginning may have come after it.
            Some(last) if self.time.as_ref().is_some_and(|time| last < time) => Some(false),
            _ => None,
        })
    }
}
