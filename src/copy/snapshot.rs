//! Several sessions with the source that see one and the same moment.

use crate::mysql::{Access, Connection, Dsn, Error, SourcePosition};
use crate::source::{self, Session, Source};
use crate::sql::Dialect::MySql;

/// What the claim rests on that all rows are of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consistency {
    /// The source was locked while the readers began.
    Lock,
    /// The source's log of changes did not move while the readers began.
    Position,
    /// There is one reader only.
    SingleReader,
    /// The source is a dump: its moment is the dump's.
    Dump,
    /// Nothing but that Mattermost is stopped.
    Nothing,
}

/// Sessions that see one moment, and what is known of that moment.
pub(super) struct Snapshot {
    pub(super) readers: Vec<Session>,
    pub(super) consistency: Consistency,
    /// `None` of a dump, which does not change.
    pub(super) moment: Option<SourcePosition>,
}

/// For how many seconds a lock may be waited for: everybody else waits as long.
const PATIENCE: u8 = 2;
/// How often the readers begin again because the source has changed meanwhile.
const ATTEMPTS: usize = 50;

/// Opens the readers. `control` is a session of its own, which ends up without locks.
pub(super) async fn open(
    source: &Source,
    control: &mut Session,
    tables: &[&str],
    readers: usize,
) -> Result<Snapshot, source::Error> {
    if let (Source::Server(dsn), Session::Server(control)) = (source, control) {
        return Ok(of_server(dsn, control, tables, readers).await?);
    }
    let mut sessions = Vec::with_capacity(readers);
    for _ in 0..readers {
        sessions.push(Session::open(source).await?);
    }
    Ok(Snapshot { readers: sessions, consistency: Consistency::Dump, moment: None })
}

async fn of_server(
    dsn: &Dsn,
    control: &mut Connection,
    tables: &[&str],
    jobs: usize,
) -> Result<Snapshot, Error> {
    let mut readers = Vec::with_capacity(jobs);
    for _ in 0..jobs {
        readers.push(Connection::connect(dsn, Access::ReadOnly).await?);
    }
    let (consistency, moment) = hold(control, tables, &mut readers).await?;
    let readers = readers.into_iter().map(Session::Server).collect();
    Ok(Snapshot { readers, consistency, moment: Some(moment) })
}

/// Lets the readers begin at one moment, as far as the server allows.
async fn hold(
    control: &mut Connection,
    tables: &[&str],
    readers: &mut [Connection],
) -> Result<(Consistency, SourcePosition), Error> {
    if readers.len() > 1 && lock(control, tables).await? {
        let begun = begin(control, readers).await;
        control.execute("UNLOCK TABLES").await?;
        return Ok((Consistency::Lock, begun?));
    }
    let mut moment = SourcePosition::default();
    for _ in 0..ATTEMPTS {
        moment = begin(control, readers).await?;
        if readers.len() == 1 {
            return Ok((Consistency::SingleReader, moment));
        }
        // The position is the last thing that was asked before the readers began.
        let Some(before) = moment.position() else { break };
        if crate::mysql::log_position(control).await?.as_deref() == Some(before) {
            return Ok((Consistency::Position, moment));
        }
    }
    Ok((Consistency::Nothing, moment))
}

/// Begins each reader's transaction, over again if it had begun one.
async fn begin(
    control: &mut Connection,
    readers: &mut [Connection],
) -> Result<SourcePosition, Error> {
    let moment = SourcePosition::of(control).await?;
    for reader in readers {
        reader.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT").await?;
    }
    Ok(moment)
}

/// Keeps everybody from writing, where the account may and it takes no more than a moment.
async fn lock(control: &mut Connection, tables: &[&str]) -> Result<bool, Error> {
    control.execute(&format!("SET SESSION lock_wait_timeout = {PATIENCE}")).await?;
    if allowed(control.execute("FLUSH TABLES WITH READ LOCK").await)? {
        return Ok(true);
    }
    if tables.is_empty() {
        return Ok(false);
    }
    let locks: Vec<_> =
        tables.iter().map(|table| format!("{} READ", MySql.identifier(table))).collect();
    allowed(control.execute(&format!("LOCK TABLES {}", locks.join(", "))).await)
}

/// What the server refuses can be done without.
fn allowed(outcome: Result<u64, Error>) -> Result<bool, Error> {
    match outcome {
        Ok(_) => Ok(true),
        Err(Error::Server { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
