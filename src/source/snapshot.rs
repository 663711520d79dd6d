//! Several sessions with a source that see one snapshot, and the evidence for it.

use futures_util::future::try_join_all;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Error, Session, Source};
use crate::mysql::binlog::Position;
use crate::mysql::{
    self, Access, Connection, Dsn, GtidSet, LockAttempt, LogPosition, SourcePosition,
    has_log_filter, hold_still, is_closed_for_writes, is_galera, log_file_position, log_position,
    logs_everything, release_lock, snapshot_file_position, snapshot_position,
};

/// The evidence that all readers see one snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Consistency {
    /// The source was locked while the readers began.
    Lock,
    /// The snapshots of all readers are at one position of the source's binary log.
    Position,
    /// The same, but the account may not see whether the log leaves out databases.
    PositionIfUnfiltered,
    /// The source's server was read-only while the readers began.
    ReadOnly,
    /// There is one reader only.
    SingleReader,
    /// The source is a dump: its point in time is the dump's.
    Dump,
    /// None, unless Mattermost is stopped.
    Nothing,
}

/// Sessions that see one snapshot according to `consistency`, and its position.
#[derive(Debug)]
pub struct Snapshot {
    /// The sessions, each in a transaction.
    pub readers: Vec<Session>,
    pub consistency: Consistency,
    /// `None` of a dump, which does not change.
    pub position: Option<SourcePosition>,
}

/// The number of attempts; readers start again if a transaction was logged meanwhile.
const ATTEMPTS: usize = 20;

/// Opens the readers. `control` is another session, which holds no lock afterwards; `tables` are those
/// that a lock needs to include.
pub async fn open_snapshot(
    source: &Source,
    control: &mut Session,
    tables: &[&str],
    readers: usize,
) -> Result<Snapshot, Error> {
    if let (Some(dsn), Some(control)) = (source.log_server(), control.server()) {
        return Ok(of_server(dsn, control, tables, readers).await?);
    }
    let mut sessions = Vec::with_capacity(readers);
    for _ in 0..readers {
        sessions.push(Session::open(source).await?);
    }
    Ok(Snapshot { readers: sessions, consistency: Consistency::Dump, position: None })
}

/// The span of the source's log in which the snapshots of several readers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSpan {
    /// Every reader sees all that was committed up to here.
    pub start: Position,
    /// No reader sees anything that was committed behind this.
    pub visible: Position,
    /// Every reader sees these transactions, too, which may be after `start`.
    pub gtid: Option<GtidSet>,
}

/// Why no position is known from which a copy can be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoSpan {
    /// The server does not log all changes, or the account may not see positions.
    NoPosition,
    /// The account may not lock tables, and the server has no other way.
    MayNotLock,
    /// Other sessions kept the tables locked.
    Blocked,
}

/// Opens readers whose snapshots are at known positions of the source's log, while it is being written.
///
/// `MariaDB` says of each reader at which position its snapshot is. MySQL with GTIDs says which transactions
/// are visible before the readers begin. Otherwise they begin under a lock of the tables, which keeps
/// writers waiting for less than two seconds; it is tried a few times.
pub async fn open_spanned_snapshot(
    dsn: &Dsn,
    control: &mut Session,
    tables: &[&str],
    count: usize,
) -> Result<Result<(Snapshot, LogSpan), NoSpan>, Error> {
    open_spanned(dsn, control, tables, count, Positions::Span).await
}

/// What has to be known about the positions of readers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Positions {
    /// Two positions between which all of them are.
    Span,
    /// One position at which all of them are, if that is possible.
    One,
}

async fn open_spanned(
    dsn: &Dsn,
    control: &mut Session,
    tables: &[&str],
    count: usize,
    wanted: Positions,
) -> Result<Result<(Snapshot, LogSpan), NoSpan>, Error> {
    let Some(control) = control.server() else { return Ok(Err(NoSpan::NoPosition)) };
    let mut readers = connect_readers(dsn, count).await?;
    if !logs_everything(control).await? {
        return Ok(Err(NoSpan::NoPosition));
    }
    let start = SourcePosition::of(control).await?;
    let (consistency, span, position) = match spans_of_readers(&mut readers).await? {
        Some(span) if span.start == span.visible => {
            let position = LogPosition::from(span.start.clone());
            (Consistency::Position, span, Some(position))
        }
        Some(span) => (Consistency::Nothing, span, None),
        None => {
            // The visible transactions are no position: some of them may be after others that are not.
            let behind_gtids = match wanted {
                Positions::Span => begin_behind_gtids(control, &mut readers).await?,
                Positions::One => None,
            };
            match behind_gtids {
                Some(span) => (Consistency::Nothing, span, None),
                None => match begin_locked(control, tables, &mut readers).await? {
                    Ok(position) => {
                        let (start, visible) = (position.clone(), position.clone());
                        let span = LogSpan { start, visible, gtid: None };
                        (Consistency::Lock, span, Some(position.into()))
                    }
                    Err(none) => return Ok(Err(none)),
                },
            }
        }
    };
    let readers = readers.into_iter().map(Session::from).collect();
    let position = Some(start.with_position(position));
    Ok(Ok((Snapshot { readers, consistency, position }, span)))
}

/// Opens readers that all see the source at one known position of its log, while it is being written: as
/// many as that is possible with, up to `count`.
pub async fn open_exact_snapshot(
    dsn: &Dsn,
    control: &mut Session,
    tables: &[&str],
    count: usize,
) -> Result<Result<(Snapshot, Position), NoSpan>, Error> {
    for count in [count, count.min(2), 1] {
        match open_spanned(dsn, control, tables, count, Positions::One).await? {
            Ok((snapshot, span)) if span.start == span.visible => {
                return Ok(Ok((snapshot, span.start)));
            }
            // Of several readers some began after a further commit.
            Ok(_) => {}
            Err(none) => return Ok(Err(none)),
        }
    }
    Ok(Err(NoSpan::NoPosition))
}

/// Begins the readers, again while their positions differ; `None` if the server does not report them.
async fn spans_of_readers(readers: &mut [Connection]) -> Result<Option<LogSpan>, mysql::Error> {
    let mut span = None;
    for _ in 0..ATTEMPTS {
        begin(readers).await?;
        let positions = try_join_all(readers.iter_mut().map(snapshot_file_position)).await?;
        let Some(positions) = positions.into_iter().collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        span = positions.iter().min().zip(positions.iter().max()).map(|(start, visible)| {
            let (start, visible) = (start.clone(), visible.clone());
            LogSpan { start, visible, gtid: None }
        });
        if positions.windows(2).all(|pair| pair[0] == pair[1]) {
            break;
        }
    }
    Ok(span)
}

/// Begins the readers without a lock; `None` if the server is not MySQL with GTIDs, or shows no position.
///
/// The set of executed GTIDs grows after the storage engine's commit, so that readers that begin later see
/// all of it. A file of the log is closed only when all of its transactions are committed, so that they also
/// see everything before the file that is current at that time. What they see beyond is in the log
/// already when they have begun.
async fn begin_behind_gtids(
    control: &mut Connection,
    readers: &mut [Connection],
) -> Result<Option<LogSpan>, mysql::Error> {
    let Some(current) = log_file_position(control).await? else { return Ok(None) };
    let Some(LogPosition::GtidSet(set)) = log_position(control).await? else { return Ok(None) };
    begin(readers).await?;
    let Some(visible) = log_file_position(control).await? else { return Ok(None) };
    let start = Position { file: current.file, offset: FIRST_OFFSET };
    Ok(Some(LogSpan { start, visible, gtid: Some(set) }))
}

/// Where the first event of a file of the log begins.
const FIRST_OFFSET: u64 = 4;

/// How often a lock is asked for.
const LOCK_ATTEMPTS: usize = 5;

async fn begin_locked(
    control: &mut Connection,
    tables: &[&str],
    readers: &mut [Connection],
) -> Result<Result<Position, NoSpan>, mysql::Error> {
    if is_galera(control).await? {
        return Ok(Err(NoSpan::MayNotLock));
    }
    for _ in 0..LOCK_ATTEMPTS {
        match begin_under_lock(control, tables, readers, log_file_position).await? {
            UnderLock::Begun(Some(position)) => return Ok(Ok(position)),
            UnderLock::Begun(None) => return Ok(Err(NoSpan::NoPosition)),
            UnderLock::Denied => return Ok(Err(NoSpan::MayNotLock)),
            UnderLock::GivenUp => {}
        }
    }
    Ok(Err(NoSpan::Blocked))
}

async fn connect_readers(dsn: &Dsn, count: usize) -> Result<Vec<Connection>, mysql::Error> {
    let mut readers = Vec::with_capacity(count);
    for _ in 0..count {
        readers.push(Connection::connect(dsn, Access::ReadOnly).await?);
    }
    Ok(readers)
}

async fn of_server(
    dsn: &Dsn,
    control: &mut Connection,
    tables: &[&str],
    count: usize,
) -> Result<Snapshot, mysql::Error> {
    let mut readers = connect_readers(dsn, count).await?;
    let (claim, position) = begin_together(control, tables, &mut readers).await?;
    let consistency = match claim {
        // Without further evidence: one reader sees one snapshot.
        _ if count == 1 => Consistency::SingleReader,
        claim => claim,
    };
    let readers = readers.into_iter().map(Session::from).collect();
    Ok(Snapshot { readers, consistency, position: Some(position) })
}

/// Begins the readers' transactions so that they see one snapshot, if the server and the account allow it:
/// without a lock if possible.
async fn begin_together(
    control: &mut Connection,
    tables: &[&str],
    readers: &mut [Connection],
) -> Result<(Consistency, SourcePosition), mysql::Error> {
    // Before the readers rather than after, so that no change after their start is missed.
    let start = SourcePosition::of(control).await?;
    let is_log_whole = has_log_filter(control).await? == Some(false);
    if is_log_whole && let Some(position) = begin_at_one_position(control, readers).await? {
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
        let begun = begin_under_lock(control, tables, readers, log_position).await?;
        if let UnderLock::Begun(position) = begun {
            return Ok((Consistency::Lock, start.with_position(position)));
        }
    }
    let start = SourcePosition::of(control).await?;
    if !is_log_whole && begin_at_one_position(control, readers).await?.is_some() {
        return Ok((Consistency::PositionIfUnfiltered, start));
    }
    begin(readers).await?;
    Ok((Consistency::Nothing, start))
}

/// Begins the readers until the server reports the same position for all their snapshots. A position that
/// another session reads would not be evidence: it can count a commit that one reader does not see.
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

/// What came of beginning the readers under a lock.
enum UnderLock<T> {
    /// They began, at this position.
    Begun(Option<T>),
    /// There was no lock, or not for long enough.
    GivenUp,
    /// The account may not lock the tables.
    Denied,
}

/// Begins the readers under a lock, and reads the position at that time.
async fn begin_under_lock<T>(
    control: &mut Connection,
    tables: &[&str],
    readers: &mut [Connection],
    read_position: impl AsyncFnOnce(&mut Connection) -> Result<Option<T>, mysql::Error>,
) -> Result<UnderLock<T>, mysql::Error> {
    let Some((watchdog, _)) = readers.split_first_mut() else { return Ok(UnderLock::GivenUp) };
    let until = match hold_still(control, watchdog, tables).await? {
        LockAttempt::Held(until) => until,
        LockAttempt::GivenUp => return Ok(UnderLock::GivenUp),
        LockAttempt::Denied => return Ok(UnderLock::Denied),
    };
    let position = read_position(control).await;
    let in_time = {
        let mut beginning = std::pin::pin!(begin(readers));
        let in_time = tokio::select! {
            begun = &mut beginning => Some(begun),
            () = tokio::time::sleep_until(until) => None,
        };
        release_lock(control).await?;
        match in_time {
            Some(begun) => begun.map(|()| true)?,
            // Cancelling a statement would leave its session in an unknown state.
            None => beginning.await.map(|()| false)?,
        }
    };
    let position = position?;
    Ok(if in_time { UnderLock::Begun(position) } else { UnderLock::GivenUp })
}

/// Begins each reader's transaction, again if it had begun one.
async fn begin(readers: &mut [Connection]) -> Result<(), mysql::Error> {
    let begin = "START TRANSACTION WITH CONSISTENT SNAPSHOT";
    try_join_all(readers.iter_mut().map(|reader| reader.execute(begin))).await.map(drop)
}
