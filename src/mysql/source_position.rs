//! A moment of a source, and whether the source has changed since.

use super::position::{last_write, log_position, server_time};
use super::{Connection, Error};

/// Where a source was at a moment.
#[derive(Debug, Clone, Default)]
pub struct SourcePosition {
    position: Option<String>,
    time: Option<String>,
    last_write: Option<String>,
}

impl SourcePosition {
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

    /// The server's time at that point, and when a table was last written before it, as the server
    /// prints both.
    #[must_use]
    pub fn times(&self) -> (Option<&str>, Option<&str>) {
        (self.time.as_deref(), self.last_write.as_deref())
    }

    /// A point in time as [`Moment::position`] and [`Moment::times`] gave it.
    #[must_use]
    pub fn recorded(
        position: Option<String>,
        time: Option<String>,
        last_write: Option<String>,
    ) -> Self {
        Self { position, time, last_write }
    }

    /// Whether the source has changed since; `None` where the server does not tell. The log is that of
    /// all databases of the server, so where it has moved the tables themselves are asked.
    pub async fn has_changed_since(
        &self,
        connection: &mut Connection,
    ) -> Result<Option<bool>, Error> {
        let position = log_position(connection).await?;
        if position.is_some() && position == self.position {
            return Ok(Some(false));
        }
        let last_write = last_write(connection).await?;
        Ok(self.is_passed_by(last_write.as_deref()))
    }

    /// What the last write to the tables tells, as the server has it now. It forgets when a table was
    /// written that it had to close for others, so that the last of all writes may seem an earlier one.
    fn is_passed_by(&self, last_write: Option<&str>) -> Option<bool> {
        let before = self.last_write.as_deref();
        match last_write {
            last if last > before => Some(true),
            last if last < before => None,
            None => None,
            // Times are told by the second: a write in that of the beginning may have come after it.
            last => (last < self.time.as_deref()).then_some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SourcePosition;

    #[test]
    fn only_a_later_write_is_a_change() {
        let write = |second: u32| format!("2024-02-29 12:00:0{second}");
        let passed = |before: Option<u32>, now: Option<u32>| {
            let moment = SourcePosition {
                position: None,
                time: Some(write(5)),
                last_write: before.map(write),
            };
            moment.is_passed_by(now.map(write).as_deref())
        };
        assert_eq!(passed(Some(3), Some(3)), Some(false));
        assert_eq!(passed(Some(3), Some(6)), Some(true));
        assert_eq!(passed(None, Some(5)), Some(true));
        assert_eq!(passed(Some(5), Some(5)), None, "within the second");
        assert_eq!(passed(Some(3), Some(2)), None, "the server has forgotten");
        assert_eq!(passed(Some(3), None), None);
        assert_eq!(passed(None, None), None, "no table tells of writes");
    }
}
