//! The state of a source at one point in time, and whether the source has changed since.

use super::position::{LogPosition, last_write, log_position, server_time};
use super::{Connection, Error};

/// What is known of the source at the point in time of a snapshot.
#[derive(Debug, Clone, Default)]
pub struct SourcePosition {
    /// Only if everything that it counts was visible to every reader of the snapshot.
    position: Option<LogPosition>,
    time: Option<String>,
    last_write: Option<String>,
}

impl SourcePosition {
    /// Now, before any reader begins.
    ///
    /// The position is kept only if readers that begin later see all that it counts: that of MySQL with
    /// GTIDs, whose set grows after the commit. Any other can count a commit that is not visible yet.
    pub async fn of(connection: &mut Connection) -> Result<Self, Error> {
        let position = log_position(connection).await?;
        let position = position.filter(|it| matches!(it, LogPosition::GtidSet(_)));
        Self::at(connection, position).await
    }

    async fn at(connection: &mut Connection, position: Option<LogPosition>) -> Result<Self, Error> {
        let (time, last_write) = (server_time(connection).await?, last_write(connection).await?);
        Ok(Self { position, time, last_write })
    }

    /// The same with the position of the snapshot, which was read under a lock or in the snapshot.
    #[must_use]
    pub fn with_position(self, position: Option<LogPosition>) -> Self {
        Self { position, ..self }
    }

    /// The server's time at that point, and when a table was last written before it, as the server
    /// prints both.
    #[must_use]
    pub fn times(&self) -> (Option<&str>, Option<&str>) {
        (self.time.as_deref(), self.last_write.as_deref())
    }

    /// A point in time as [`Self::position`] and [`Self::times`] gave it.
    #[must_use]
    pub fn recorded(
        position: Option<LogPosition>,
        time: Option<String>,
        last_write: Option<String>,
    ) -> Self {
        Self { position, time, last_write }
    }

    /// Where the binary log ended: every reader sees all that was logged before. `None` if the server
    /// keeps no log, the account may not see it, or there is no evidence.
    #[must_use]
    pub fn position(&self) -> Option<&LogPosition> {
        self.position.as_ref()
    }

    /// Whether the source has changed since; `None` if that cannot be determined. The log is that of all
    /// databases of the server, so if it has moved, the tables themselves are asked.
    pub async fn has_changed_since(
        &self,
        connection: &mut Connection,
    ) -> Result<Option<bool>, Error> {
        if let Some(before) = &self.position
            && log_position(connection).await?.as_ref() == Some(before)
        {
            return Ok(Some(false));
        }
        let last_write = last_write(connection).await?;
        Ok(self.is_passed_by(last_write.as_deref()))
    }

    /// Compares the last write to the tables with that of the snapshot. The server forgets the writes of a
    /// table that it had to close for others, so that the last of all writes might seem an earlier one.
    fn is_passed_by(&self, last_write: Option<&str>) -> Option<bool> {
        let before = self.last_write.as_deref();
        match last_write {
            last if last > before => Some(true),
            last if last < before => None,
            None => None,
            // Times have seconds: a write in the second of the snapshot might have come after it.
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
