//! Reading what a server logged in the meantime.

use std::time::Duration;

use migration_assist::mysql::binlog::{Follower, LogEvent, LogStart, Position, log_files};
use migration_assist::mysql::{Connection, read_catalog};

use crate::support::mysql::{Source, run};

/// How long events may take that were committed before.
const DEADLINE: Duration = Duration::from_mins(1);

/// Makes the session log changed rows, whatever the server's setting.
pub async fn log_rows(connection: &mut Connection) {
    run(connection, "SET SESSION binlog_format = 'ROW'").await;
}

/// A session that logs changed rows.
pub async fn writer(source: &Source) -> Connection {
    let mut connection = source.connect().await;
    log_rows(&mut connection).await;
    connection
}

/// Where the server's log ends.
pub async fn end_of_log(connection: &mut Connection) -> Position {
    let files = log_files(connection).await.expect("the files of the log");
    files.last().expect("a file").clone()
}

/// Follows from a position, with the catalog as it is now.
pub async fn follow(source: &Source, start: Position, replica_id: u32) -> Follower {
    let mut connection = source.connect().await;
    let catalog = read_catalog(&mut connection).await.expect("a catalog");
    let start = LogStart::Position(start);
    Follower::open(&source.dsn, &catalog, &start, replica_id).await.expect("a follower")
}

/// A number that no other test uses.
pub fn replica_id() -> u32 {
    use std::hash::{BuildHasher as _, RandomState};
    let random = RandomState::new().hash_one("replica");
    u32::try_from(random >> 34).expect("30 bits") | 1 << 30
}

/// The next event.
pub async fn next(follower: &mut Follower) -> LogEvent {
    let event = tokio::time::timeout(DEADLINE, follower.next()).await;
    event.expect("an event in time").expect("an event that is understood")
}

/// All events up to a position, but for heartbeats. The events of a compressed transaction all have the
/// position of its end.
pub async fn events_until(follower: &mut Follower, end: &Position) -> Vec<LogEvent> {
    let mut events = Vec::new();
    let mut is_inside = false;
    while follower.position() < *end || is_inside {
        let event = next(follower).await;
        match event {
            LogEvent::Begin => is_inside = true,
            LogEvent::Commit { .. } => is_inside = false,
            LogEvent::Heartbeat => continue,
            _ => {}
        }
        events.push(event);
    }
    events
}
