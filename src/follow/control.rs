//! The second session with the source, which watches its log from outside.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::run::Setup;
use super::{Error, Refusal};
use crate::ledger::FollowingRecord;
use crate::mysql::binlog::{
    self, LogRetention, Position, log_files, log_retention, longer_retention,
};
use crate::mysql::{self, Access, Connection, LogPosition, log_position};
use crate::schema::Catalog;

/// How long an answer may take before the connection counts as lost.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// How often it is looked at whether the log is about to be removed.
const WATCH: Duration = Duration::from_mins(1);

/// A session for short questions, each with a time limit: a proxy can stall without closing anything.
pub(super) struct Control {
    connection: Connection,
    /// How far the source's clock is ahead, in seconds.
    clock_ahead: i64,
    retention: LogRetention,
    watched: Watched,
}

/// What was seen of the files of the log.
#[derive(Default)]
struct Watched {
    at: Option<Instant>,
    oldest: Option<String>,
    is_reported: bool,
}

impl Control {
    /// Opens it, and requires that the server is the one that is followed.
    pub(super) async fn open(setup: &Setup<'_>, record: &FollowingRecord) -> Result<Self, Error> {
        let mut connection = Connection::connect(&setup.source, Access::ReadOnly).await?;
        let now = connection.identity().id();
        if now != record.server {
            let copied = record.server.clone();
            return Err(Error::Refused(vec![Refusal::OtherSource { copied, now }]));
        }
        require_transactions(&mut connection, record).await?;
        let time: i64 = connection.query_one("SELECT UNIX_TIMESTAMP()").await?;
        let retention = log_retention(&mut connection).await?;
        let clock_ahead = time - seconds_since_1970();
        Ok(Self { connection, clock_ahead, retention, watched: Watched::default() })
    }

    /// The files of the log.
    pub(super) async fn log_files(&mut self) -> Result<Vec<Position>, Error> {
        let address = self.connection.address().to_owned();
        limited(&address, log_files(&mut self.connection)).await
    }

    /// The present definitions of the source's tables.
    pub(super) async fn read_catalog(&mut self) -> Result<Catalog, Error> {
        Ok(mysql::read_catalog(&mut self.connection).await?)
    }

    /// The estimated bytes of a table.
    pub(super) async fn table_bytes(&mut self, table: &str) -> Result<u64, Error> {
        let sizes = mysql::table_sizes(&mut self.connection).await?;
        Ok(sizes.get(table).map_or(0, |size| size.bytes))
    }

    /// For how long a time of the source's clock is over, in seconds.
    pub(super) fn seconds_since(&self, time: i64) -> u64 {
        let now = seconds_since_1970() + self.clock_ahead;
        u64::try_from(now - time).unwrap_or_default()
    }

    /// The statement with which the source keeps its log for longer.
    pub(super) fn longer_retention(&self) -> String {
        longer_retention(self.connection.server())
    }

    /// Once a minute: whether the source is about to remove what is not yet applied. `behind` is how far
    /// the position is behind the end of the log, in seconds. It is reported once.
    pub(super) fn is_log_ending(
        &mut self,
        files: &[Position],
        position: &Position,
        behind: u64,
    ) -> bool {
        if self.watched.at.is_some_and(|at| at.elapsed() < WATCH) {
            return false;
        }
        self.watched.at = Some(Instant::now());
        let Some(oldest) = files.first().map(|file| file.file.clone()) else { return false };
        let first = self.watched.oldest.get_or_insert_with(|| oldest.clone());
        let are_removed = *first != oldest;
        let is_ending = self.retention.is_half_over(behind)
            || (are_removed && is_among_the_oldest(files, position));
        is_ending && !std::mem::replace(&mut self.watched.is_reported, is_ending)
    }
}

/// Whether a file is the oldest or the one after it, and others follow.
fn is_among_the_oldest(files: &[Position], position: &Position) -> bool {
    let place = files.iter().position(|file| file.file == position.file);
    place.is_some_and(|place| place <= 1 && place + 1 < files.len())
}

/// Requires that the log still has the position: it can have been removed or reset.
pub(super) fn require_position(
    files: &[Position],
    position: &Position,
) -> Result<(), binlog::Error> {
    match files.iter().find(|file| file.file == position.file) {
        None => Err(binlog::Error::Purged { position: position.to_string() }),
        Some(end) if end.offset < position.offset => {
            Err(binlog::Error::BeyondEnd { position: position.clone(), end: end.clone() })
        }
        Some(_) => Ok(()),
    }
}

/// Requires that the server still has the transactions that a copy has seen: it forgets them when its log
/// is reset.
async fn require_transactions(
    connection: &mut Connection,
    record: &FollowingRecord,
) -> Result<(), Error> {
    let Some(seen) = record.gtid.clone().map(LogPosition::GtidSet) else { return Ok(()) };
    let now = log_position(connection).await?;
    if now.is_some_and(|now| now.contains(&seen) == Some(true)) {
        return Ok(());
    }
    Err(binlog::Error::Reset { position: record.position.clone() }.into())
}

async fn limited<T>(
    address: &str,
    question: impl Future<Output = Result<T, mysql::Error>>,
) -> Result<T, Error> {
    match timeout(ANSWER_TIMEOUT, question).await {
        Ok(answer) => Ok(answer?),
        Err(_) => {
            Err(mysql::Error::Timeout { address: address.to_owned(), limit: ANSWER_TIMEOUT }.into())
        }
    }
}

fn seconds_since_1970() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Position, binlog, is_among_the_oldest, require_position};

    fn at(text: &str) -> Position {
        text.parse().expect("a position")
    }

    #[test]
    fn a_position_is_lost_with_its_file_or_its_end() {
        let files = ["b.000002:300", "b.000003:200"].map(at);
        assert!(require_position(&files, &at("b.000002:300")).is_ok());
        let purged = require_position(&files, &at("b.000001:4"));
        assert!(matches!(purged, Err(binlog::Error::Purged { .. })), "{purged:?}");
        let beyond = require_position(&files, &at("b.000003:201"));
        assert!(matches!(beyond, Err(binlog::Error::BeyondEnd { .. })), "{beyond:?}");
    }

    #[test]
    fn the_last_file_is_not_about_to_be_removed() {
        let files = ["b.000002:300", "b.000003:200", "b.000004:200"].map(at);
        let is_old = |position| is_among_the_oldest(&files, &at(position));
        assert!(is_old("b.000002:4") && is_old("b.000003:4") && !is_old("b.000004:4"));
        assert!(!is_among_the_oldest(&files[..1], &at("b.000002:4")));
    }
}
