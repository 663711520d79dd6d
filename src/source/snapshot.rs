//! Several sessions with a source that see one snapshot, and what the claim rests on that they do.

use futures_util::future::try_join_all;
use serde::Serialize;

use super::{Error, Session, Source};
use crate::mysql::{
    self, Access, Connection, Dsn, LockAttempt, LogPosition, SourcePosition, hold_still,
    is_closed_for_writes, is_galera, log_position, logs_everything, release_lock,
    snapshot_position,
};

/// What the claim rests on that all readers see one snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consistency {
    /// The source was locked while the readers began.
    Lock,
    /// The snapshots of all readers are at one position of the source's binary log.
    Position,
    /// The source's server was read-only while the readers began.
    ReadOnly,
    /// There is one reader only.
    SingleReader,
    /// The source is a dump: its point in time is the dump's.
    Dump,
    /// Nothing but that Mattermost is stopped.
    Nothing,
}

/// Sessions that see one snapshot, as far as `consistency` says, and what is known of its point in time.
#[derive(Debug)]
pub struct Snapshot {
    /// The sessions, each in a transaction.
    pub readers: Vec<Session>,
    /// What the claim rests on.
    pub consistency: Consistency,
    /// `None` of a dump, which does not change.
    pub position: Option<SourcePosition>,
}

/// How often the readers begin again because a transaction was logged meanwhile.
const ATTEMPTS: usize = 20;

/// Opens the readers. `control` is another session, which holds no lock afterwards; `tables` are those
/// that a lock needs to include.
pub async fn open_snapshot(
    source: &Source,
    control: &mut Session,
    tables: &[&str],
    readers: usize,
) -> Result<Snapshot, Error> {
    if let (Source::Server(dsn), Session::Server(control)) = (source, control) {
        return Ok(of_server(dsn, control, tables, readers).await?);
    }
    let mut sessions = Vec::with_capacity(readers);
    for _ in 0..readers {
        sessions.push(Session::open(source).await?);
    }
    Ok(Snapshot { readers: sessions, consistency: Consistency::Dump, position: None })
}

async fn of_server(
    dsn: &Dsn,
    control: &mut Connection,
    tables: &[&str],
    count: usize,
) -> Result<Snapshot, mysql::Error> {
    let mut readers = Vec::with_capacity(count);
    for _ in 0..count {
        readers.push(Connection::connect(dsn, Access::ReadOnly).await?);
    }
    let (claim, position) = begin_together(control, tables, &mut readers).await?;
    let consistency = match claim {
        // By whatever its position is known: one reader sees one snapshot.
        _ if count == 1 => Consistency::SingleReader,
        claim => claim,
    };
    let readers = readers.into_iter().map(Session::Server).collect();
    Ok(Snapshot { readers, consistency, position: Some(position) })
}

/// Begins the readers' transactions so that they see one snapshot, if the server and the account allow
/// it: without a lock if possible.
async fn begin_together(
    control: &mut Connection,
    tables: &[&str],
    readers: &mut [Connection],
) -> Result<(Consistency, SourcePosition), mysql::Error> {
    // Earlier than the readers rather than later: no change after their beginning is missed.
    let start = SourcePosition::of(control).await?;
    if let Some(position) = begin_at_one_position(control, readers).await? {
        return Ok((Consistency::Position, start.with_position(Some(position))));
    }
    if is_closed_for_writes(control).await? {
        let position = log_position(control).await?;
        begin(readers).await?;
        if is_closed_for_writes(control).await? {
            return Ok((Consistency::ReadOnly, start.with_position(position)));
        }
    }
    if !is_galera(control).await? {
        let watched = begin_under_lock(control, tables, readers).await?;
        if let Some(position) = watched {
            return Ok((Consistency::Lock, start.with_position(position)));
        }
    }
    let start = SourcePosition::of(control).await?;
    begin(readers).await?;
    Ok((Consistency::Nothing, start))
}

/// Begins the readers until the server says of each that its snapshot is at the same position. A position
/// that another session reads would be no evidence: it can count a commit that one reader does not see.
async fn begin_at_one_position(
    control: &mut Connection,
    readers: &mut [Connection],
) -> Result<Option<LogPosition>, mysql::Error> {
    if !logs_everything(control).await? {
        return Ok(None);
    }
    for _ in 0..ATTEMPTS {
        begin(readers).await?;
        let positions = try_join_all(readers.iter_mut().map(snapshot_position)).await?;
        let Some(Some(first)) = positions.first().cloned() else { return Ok(None) };
        if positions.iter().all(|it| it.as_ref() == Some(&first)) {
            return Ok(Some(first));
        }
    }
    Ok(None)
}

/// Begins the readers under a lock, and returns the position at that time; `None` if there was no lock,
/// or not long enough.
async fn begin_under_lock(
    control: &mut Connection,
    tables: &[&str],
    readers: &mut [Connection],
) -> Result<Option<Option<LogPosition>>, mysql::Error> {
    let Some((watchdog, _)) = readers.split_first_mut() else { return Ok(None) };
    let LockAttempt::Held(until) = hold_still(control, watchdog, tables).await? else {
        return Ok(None);
    };
    let position = log_position(control).await;
    let in_time = {
        let mut beginning = std::pin::pin!(begin(readers));
        let in_time = tokio::select! {
            begun = &mut beginning => Some(begun),
            () = tokio::time::sleep_until(until) => None,
        };
        release_lock(control).await?;
        match in_time {
            Some(begun) => begun.map(|()| true)?,
            // A statement that is given up would leave its session in an unknown state.
            None => beginning.await.map(|()| false)?,
        }
    };
    let position = position?;
    Ok(in_time.then_some(position))
}

/// Begins each reader's transaction, again if it had begun one.
async fn begin(readers: &mut [Connection]) -> Result<(), mysql::Error> {
    let begin = "START TRANSACTION WITH CONSISTENT SNAPSHOT";
    try_join_all(readers.iter_mut().map(|reader| reader.execute(begin))).await.map(drop)
}
