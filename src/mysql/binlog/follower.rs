//! Following a binary log: one connection that receives events.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use mysql_async::prelude::Queryable as _;
use mysql_async::{BinlogStream, BinlogStreamRequest, Conn, Sid};
use tokio::time::timeout;

use super::decoder::{Decoder, LogFile};
use super::layout::Layout;
use super::log_files::require_file;
use super::{Error, LogEvent, Position};
use crate::mysql::error::is_log_unreadable;
use crate::mysql::{self, Access, Connection, Dsn, GtidSet};
use crate::schema::Catalog;

/// How often the server sends a sign of life when there is nothing new, in nanoseconds.
const HEARTBEAT: u64 = 5_000_000_000;

/// How long the server may be silent. Three heartbeats are too few: an event of a gibibyte takes its time
/// on a slow line, and it arrives as a whole.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// Where following starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogStart {
    /// Behind this position.
    Position(Position),
    /// With everything that is not in this set of MySQL's GTIDs.
    GtidSet(GtidSet),
}

/// A session that receives the binary log of a source as far as it concerns one database.
///
/// One event at a time is in memory, or one compressed transaction of MySQL. After an error, open
/// another one from the last commit.
pub struct Follower {
    /// Only `drop` takes it.
    stream: Option<BinlogStream>,
    decoder: Decoder,
    start: String,
}

impl Follower {
    /// Starts to receive what was written to the DSN's database after a start.
    ///
    /// `catalog` has the tables to follow, all of those of the database. `replica_id` distinguishes this
    /// session from other replicas of the server: of two with one number, the server ends the first.
    /// Needs the rights to replicate and to see positions.
    pub async fn open(
        dsn: &Dsn,
        catalog: &Catalog,
        start: &LogStart,
        replica_id: u32,
    ) -> Result<Self, Error> {
        let mut connection = Connection::connect(dsn, Access::ReadOnly).await?;
        let layout = Layout::read(&mut connection).await?.restrict_to(catalog)?;
        let position = match start {
            LogStart::Position(position) => {
                require_file(&mut connection, position).await?;
                Some(position)
            }
            LogStart::GtidSet(_) => None,
        };
        let decoder = Decoder::new(layout, position);
        let mut driver = connection.into_driver()?;
        configure(&mut driver).await.map_err(mysql::Error::of_statement)?;
        let stream = request(driver, start, replica_id).await?;
        let start = match start {
            LogStart::Position(position) => position.to_string(),
            LogStart::GtidSet(set) => set.to_string(),
        };
        Ok(Self { stream: Some(stream), decoder, start })
    }

    /// The next event that concerns a follower. Waits for it; heartbeats come every five seconds.
    ///
    /// No event is lost if the future is dropped before it is ready.
    pub async fn next(&mut self) -> Result<LogEvent, Error> {
        loop {
            let stream = self.stream.as_mut().ok_or_else(mysql::Error::gone)?;
            // The driver panics on packets that are too short.
            let received = AssertUnwindSafe(stream.next()).catch_unwind();
            let received = timeout(LONGEST_SILENCE, received).await;
            let received =
                received.map_err(|_| Error::Silent { seconds: LONGEST_SILENCE.as_secs() })?;
            let event = match received {
                Ok(Some(Ok(event))) => event,
                Ok(Some(Err(error))) => return Err(self.refused(error)),
                Ok(None) => return Err(mysql::Error::gone().into()),
                Err(_) => {
                    let reason = "the packet is shorter than an event".to_owned();
                    return Err(Error::Malformed { position: self.position(), reason });
                }
            };
            if let Some(event) = self.decoder.read(&event)? {
                return Ok(event);
            }
        }
    }

    /// The end of the last event that was received, which may be inside a transaction.
    #[must_use]
    pub fn position(&self) -> Position {
        self.decoder.position()
    }

    /// The file of the log that events come from; `None` before the first event.
    #[must_use]
    pub fn log_file(&self) -> Option<&LogFile> {
        self.decoder.described()
    }

    /// What the server says instead of the next event.
    fn refused(&self, error: mysql_async::Error) -> Error {
        match &error {
            mysql_async::Error::Server(said) if is_log_unreadable(said) => {
                let says = |text: &str| said.message.contains(text);
                if says("Could not find first log file") || says("purged") {
                    return Error::Purged { position: self.start.clone() };
                }
                if says("same server_uuid") || says("same server_id") {
                    return Error::ReplicaIdTaken;
                }
            }
            mysql_async::Error::Io(mysql_async::IoError::Io(cause))
                if cause.kind() == std::io::ErrorKind::InvalidData =>
            {
                let reason = cause.to_string();
                return Error::Malformed { position: self.position(), reason };
            }
            _ => {}
        }
        mysql::Error::of_statement(error).into()
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower").field("position", &self.position()).finish_non_exhaustive()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        // As of a `Connection`: left to itself, the driver reads on in a task of its own.
        if let Some(stream) = self.stream.take() {
            let _ = stream.close().now_or_never();
        }
    }
}

/// Asks for heartbeats, and MariaDB for events in the form of its log: without the last variable it
/// replaces those that MySQL does not know. Each server ignores the variables of the other.
async fn configure(driver: &mut Conn) -> Result<(), mysql_async::Error> {
    let sql = format!(
        "SET @master_heartbeat_period = {HEARTBEAT}, @source_heartbeat_period = {HEARTBEAT}, \
         @source_binlog_checksum = 'ALL', @mariadb_slave_capability = 4"
    );
    driver.query_drop(sql).await
}

async fn request(driver: Conn, start: &LogStart, replica_id: u32) -> Result<BinlogStream, Error> {
    let file;
    let request = BinlogStreamRequest::new(replica_id);
    let request = match start {
        LogStart::Position(position) => {
            file = position.file.clone();
            request.with_filename(file.as_bytes()).with_pos(position.offset)
        }
        LogStart::GtidSet(set) => request.with_gtid().with_gtid_set(sids(set)?),
    };
    let stream = driver.get_binlog_stream(request).await;
    Ok(stream.map_err(mysql::Error::of_statement)?)
}

/// The set by servers and tags, as the driver takes it.
fn sids(set: &GtidSet) -> Result<Vec<Sid<'static>>, Error> {
    let parts = set.parts();
    parts
        .iter()
        .map(|part| part.parse())
        .collect::<Result<_, std::io::Error>>()
        .map_err(|error| mysql::Error::Unexpected(error.to_string()).into())
}
