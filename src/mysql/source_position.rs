//! The state of a source at one point in time, and whether the source has changed since.

use super::position::{LogPosition, has_log_filter, last_write, log_position, server_time};
use super::{Connection, Error};

/// The position and the time of the source at a snapshot.
#[derive(Debug, Clone, Default)]
pub struct SourcePosition {
    /// Only if every reader of the snapshot sees everything up to it, and every change moves it.
    position: Option<LogPosition>,
    /// Whether the log is known to leave out no database.
    log_is_whole: bool,
    time: Option<String>,
    last_write: Option<String>,
}

impl SourcePosition {
    /// The state now, before any reader begins.
    ///
    /// The position is kept only if readers that begin later see everything up to it: that of MySQL with GTIDs,
    /// whose set grows after the commit. Other positions can count a commit that is not visible yet.
    pub async fn of(connection: &mut Connection) -> Result<Self, Error> {
        let position = log_position(connection).await?;
        let position = position.filter(|it| matches!(it, LogPosition::GtidSet(_)));
        let log_is_whole = has_log_filter(connection).await? == Some(false);
        let (time, last_write) = (server_time(connection).await?, last_write(connection).await?);
        Ok(Self { position: None, log_is_whole, time, last_write }.with_position(position))
    }

    /// Sets the position of the snapshot, which was read under a lock or in the snapshot.
    #[must_use]
    pub fn with_position(self, position: Option<LogPosition>) -> Self {
        Self { position: position.filter(|_| self.log_is_whole), ..self }
    }

    /// The server's time, and the time of the last write to a table before it, as the server prints both.
    #[must_use]
    pub fn times(&self) -> (Option<&str>, Option<&str>) {
        (self.time.as_deref(), self.last_write.as_deref())
    }

    /// A state from the values of [`Self::position`] and [`Self::times`].
    #[must_use]
    pub fn recorded(
        position: Option<LogPosition>,
        time: Option<String>,
        last_write: Option<String>,
    ) -> Self {
        Self { position, log_is_whole: true, time, last_write }
    }

    /// The end of the binary log: every reader sees everything up to it. `None` if the server writes no log,
    /// the account cannot see it or what it leaves out, or there is no evidence.
    #[must_use]
    pub fn position(&self) -> Option<&LogPosition> {
        self.position.as_ref()
    }

    /// Whether the source has changed since; `None` if that cannot be determined. The log covers all
    /// databases of the server, so that the tables themselves are compared if it has moved.
    pub async fn has_changed_since(
        &self,
        connection: &mut Connection,
    ) -> Result<Option<bool>, Error> {
        if let Some(before) = &self.position
            && has_log_filter(connection).await? == Some(false)
            && log_position(connection).await?.as_ref() == Some(before)
        {
            return Ok(Some(false));
        }
        let last_write = last_write(connection).await?;
        Ok(self.is_passed_by(last_write.as_deref()))
    }

    /// Compares the time of the last write with that of the snapshot. `UPDATE_TIME` is lost when the table
    /// cache evicts a table, so the maximum can go backwards.
    fn is_passed_by(&self, last_write: Option<&str>) -> Option<bool> {
        let before = self.last_write.as_deref();
        match last_write {
            last if last > before => Some(true),
            last if last < before => None,
            None => None,
            // Times have a resolution of seconds: a write in the same second may have come after the snapshot.
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
            let position = SourcePosition {
                position: None,
                log_is_whole: true,
                time: Some(write(5)),
                last_write: before.map(write),
            };
            position.is_passed_by(now.map(write).as_deref())
        };
        assert_eq!(passed(Some(3), Some(3)), Some(false));
        assert_eq!(passed(Some(3), Some(6)), Some(true));
        assert_eq!(passed(None, Some(5)), Some(true));
        assert_eq!(passed(Some(5), Some(5)), None, "within the second");
        assert_eq!(passed(Some(3), Some(2)), None, "the server has forgotten");
        assert_eq!(passed(Some(3), None), None);
        assert_eq!(passed(None, None), None, "no table shows writes");
    }
}
