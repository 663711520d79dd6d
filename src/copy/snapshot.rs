//! Several sessions with the source that see one and the same moment.

use crate::mysql::{Access, Connection, Dsn, Error, Moment};
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
    /// Nothing but that Mattermost is stopped.
    Nothing,
}

/// Sessions that see one moment, and what is known of that moment.
pub(super) struct Snapshot {
    pub(super) readers: Vec<Connection>,
    pub(super) consistency: Consistency,
    pub(super) moment: Moment,
}

/// For how many seconds a lock may be waited for: everybody else waits as long.
const PATIENCE: u8 = 2;
/// How often the readers begin again because the source has changed meanwhile.
const ATTEMPTS: usize = 50;

/// Opens the readers. `control` is a session of its own, which ends up without locks.
pub(super) async fn open(
    dsn: &Dsn,
    control: &mut Connection,
    tables: &[&str],
    readers: usize,
) -> Result<Snapshot, Error> {
    let mut snapshot = Snapshot {
        readers: Vec::with_capacity(readers),
        consistency: Consistency::SingleReader,
        moment: Moment::default(),
    };
    for _ in 0..readers {
        snapshot.readers.push(Connection::connect(dsn, Access::ReadOnly).await?);
    }
    if readers > 1 && lock(control, tables).await? {
        let begun = begin(control, &mut snapshot).await;
        control.execute("UNLOCK TABLES").await?;
        begun?;
        snapshot.consistency = Consistency::Lock;
        return Ok(snapshot);
    }
    for _ in 0..ATTEMPTS {
        begin(control, &mut snapshot).await?;
        if readers == 1 {
            return Ok(snapshot);
        }
        // The position is the last thing that was asked before the readers began.
        let Some(before) = snapshot.moment.position() else { break };
        if crate::mysql::log_position(control).await?.as_deref() == Some(before) {
            snapshot.consistency = Consistency::Position;
            return Ok(snapshot);
        }
    }
    snapshot.consistency = Consistency::Nothing;
    Ok(snapshot)
}

/// Begins each reader's transaction, over again if it had begun one.
async fn begin(control: &mut Connection, snapshot: &mut Snapshot) -> Result<(), Error> {
    snapshot.moment = Moment::of(control).await?;
    for reader in &mut snapshot.readers {
        reader.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT").await?;
    }
    Ok(())
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
