//! Freezing the source: its server is made read only, and it is checked that no session still writes.

use std::time::{Duration, SystemTime};

use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::{Instant, sleep, timeout};

use super::Error;
use super::effect::{Arrival, FreezeEffect, FreezeEvidence, judge_freeze};
use super::freeze_record::FreezeRecords;
use super::server::{FreezeMode, ServerState, read_server};
use crate::mysql::{
    self, Access, Connection, Dsn, LogPosition, OpenSessions, has_log_filter, log_position,
    open_sessions, sessions_running, writers_on_read_only,
};

/// The outcome of a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Freeze {
    /// The server is read only.
    Done {
        /// By which setting.
        mode: FreezeMode,
        /// Whether it was before.
        already: bool,
        /// Whether the state of the server before the freeze is on record.
        recorded: bool,
        /// Whether sessions still write.
        #[serde(flatten)]
        effect: FreezeEffect,
    },
    /// The account has no right to it.
    Denied {
        /// The account as the server knows it.
        account: String,
        /// The sessions of the workspace, which write on.
        sessions: OpenSessions,
    },
    /// Other sessions held locks that the server waits for.
    Blocked {
        /// The sessions of others, one of which holds the lock.
        sessions: OpenSessions,
    },
}

/// How long a freeze may wait for the locks of others.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The time for all attempts together.
    pub total: Duration,
    /// The time between two readings of what the server writes.
    pub look: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { total: Duration::from_mins(1), look: Duration::from_secs(2) }
    }
}

/// The time that sessions get between two attempts: while an attempt waits, no other session writes.
const PAUSE: Duration = Duration::from_millis(500);

/// The statement that freezes. The comment marks it in the list of sessions.
const fn freeze_statement(mode: FreezeMode) -> &'static str {
    match mode {
        // It turns `read_only` on, too.
        FreezeMode::SuperReadOnly => {
            "SET GLOBAL super_read_only = ON /* migration-assist cutover --freeze */"
        }
        FreezeMode::ReadOnly => "SET GLOBAL read_only = ON /* migration-assist cutover --freeze */",
    }
}

/// Makes a source read only until it is released, as far as its account may.
///
/// The settings of the server are recorded first, so that an interruption at any instant leaves a record,
/// and a second call changes nothing.
pub async fn freeze(
    server: &mut Connection,
    dsn: &Dsn,
    records: FreezeRecords<'_>,
    patience: Patience,
) -> Result<Freeze, Error> {
    let before = read_server(server).await?;
    let mode = before.mode();
    let already = before.is_frozen();
    if !already {
        let is_new = records.record(&before, SystemTime::now()).await?;
        let stopped = match set_read_only(server, dsn, mode, patience.total).await {
            Ok(()) => None,
            Err(error) if error.is_privilege_missing() => Some(denied(server).await?),
            Err(error) if error.is_lock_timeout() => {
                Some(Freeze::Blocked { sessions: others(open_sessions(server).await?) })
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(stopped) = stopped {
            if is_new {
                records.forget(&before.identity).await?;
            }
            return Ok(stopped);
        }
    }
    let recorded = records.read(&before.identity).await?.is_some();
    let effect = read_effect(server, mode, patience.look).await?;
    Ok(Freeze::Done { mode, already, recorded, effect })
}

/// Repeats the statement until the locks of others are free. Each attempt waits for a second at most: the
/// server ends an attempt whose client is gone by then, and lets the others write in between.
async fn set_read_only(
    server: &mut Connection,
    dsn: &Dsn,
    mode: FreezeMode,
    total: Duration,
) -> Result<(), mysql::Error> {
    server.execute("SET SESSION lock_wait_timeout = 1").await?;
    let deadline = Instant::now() + total;
    loop {
        let mut pending = PendingStatement { dsn: dsn.clone(), session: server.id(), ended: false };
        let outcome = server.execute(freeze_statement(mode)).await;
        pending.ended = true;
        match outcome {
            Err(error) if error.is_lock_timeout() && Instant::now() < deadline => {
                sleep(PAUSE).await;
            }
            outcome => return outcome.map(drop),
        }
    }
}

/// A statement that the server may still be waiting to run. If it is dropped before the statement has
/// ended, as by Ctrl-C, the session is ended on the server: closing the connection does not end a wait.
struct PendingStatement {
    dsn: Dsn,
    session: u32,
    ended: bool,
}

impl Drop for PendingStatement {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let (dsn, session) = (self.dsn.clone(), self.session);
        // The runtime is about to end and runs no further task.
        let killer = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            let kill = async {
                let mut connection = Connection::connect(&dsn, Access::Writing).await?;
                connection.execute(&format!("KILL {session}")).await?;
                // The server ends the session some time after it has answered.
                while sessions_running(&mut connection, "SET GLOBAL ")
                    .await?
                    .contains(&u64::from(session))
                {
                    sleep(Duration::from_millis(20)).await;
                }
                Ok::<_, mysql::Error>(())
            };
            // If this fails, the statement ends within the second that it may wait.
            let _ = runtime.block_on(async { timeout(Duration::from_secs(3), kill).await });
        });
        let _ = killer.join();
    }
}

/// Ends statements of interrupted freezes that still wait for a lock; how many there were.
pub async fn end_pending_freezes(server: &mut Connection) -> Result<usize, mysql::Error> {
    let mode = read_server(server).await?.mode();
    let pending = sessions_running(server, freeze_statement(mode)).await?;
    for session in &pending {
        match server.execute(&format!("KILL {session}")).await {
            Ok(_) => {}
            // It has ended by itself.
            Err(error) if error.is_session_missing() => {}
            Err(error) => return Err(error),
        }
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while !sessions_running(server, freeze_statement(mode)).await?.is_empty() {
        if Instant::now() > deadline {
            let message = "an earlier freeze is still waiting for a lock".to_owned();
            return Err(mysql::Error::Unexpected(message));
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(pending.len())
}

/// Finds out whether sessions of the workspace still write to a server that is read only.
pub async fn read_effect(
    server: &mut Connection,
    mode: FreezeMode,
    look: Duration,
) -> Result<FreezeEffect, Error> {
    let before = WriteCounters::read(server).await?;
    sleep(look).await;
    let arrival = before.compare(&WriteCounters::read(server).await?);
    let writers = writers_on_read_only(server).await?;
    let database = server.database().await?;
    let sessions = workspace_sessions(open_sessions(server).await?, &database);
    Ok(judge_freeze(FreezeEvidence { mode, arrival, writers, sessions }))
}

/// The sessions that use the workspace's database.
#[must_use]
pub fn workspace_sessions(all: OpenSessions, database: &str) -> OpenSessions {
    let OpenSessions { mut sessions, complete } = all;
    sessions.retain(|it| it.database.as_deref() == Some(database));
    OpenSessions { sessions, complete }
}

/// Sessions that may hold a lock: an idle one without a database holds none of the workspace's.
fn others(all: OpenSessions) -> OpenSessions {
    let OpenSessions { mut sessions, complete } = all;
    sessions.retain(|it| it.is_active || it.database.is_some());
    OpenSessions { sessions, complete }
}

async fn denied(server: &mut Connection) -> Result<Freeze, mysql::Error> {
    let account = mysql::global_rights(server).await?.account;
    let database = server.database().await?;
    let sessions = workspace_sessions(open_sessions(server).await?, &database);
    Ok(Freeze::Denied { account, sessions })
}

/// What grows when a server writes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct WriteCounters {
    position: Option<LogPosition>,
    /// Rows that `InnoDB` inserted, updated and deleted.
    rows: Option<u64>,
}

impl WriteCounters {
    async fn read(server: &mut Connection) -> Result<Self, mysql::Error> {
        let position = match has_log_filter(server).await? {
            Some(false) => log_position(server).await?,
            // The log may leave out the workspace.
            Some(true) | None => None,
        };
        let counters: Vec<(String, String)> = server
            .query(
                "SHOW GLOBAL STATUS WHERE Variable_name IN
                 ('Innodb_rows_inserted', 'Innodb_rows_updated', 'Innodb_rows_deleted')",
            )
            .await?;
        let rows = counters.iter().map(|(_, value)| value.parse::<u64>().ok()).sum();
        Ok(Self { position, rows: if counters.is_empty() { None } else { rows } })
    }

    /// The log decides if there is one: the counters of `InnoDB` include temporary tables.
    fn compare(&self, later: &Self) -> Arrival {
        let moved = match (&self.position, &later.position) {
            (Some(before), Some(after)) => Some(before != after),
            _ => self.rows.zip(later.rows).map(|(before, after)| before != after),
        };
        match moved {
            Some(true) => Arrival::Something,
            Some(false) => Arrival::Nothing,
            None => Arrival::Unknown,
        }
    }
}

/// The outcome of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Release {
    /// The server accepts writes again.
    Released,
    /// The server was read only before it was frozen, and still is.
    WasReadOnlyBefore,
    /// The server accepts writes: it was not frozen, or restarted since.
    NotFrozen,
    /// The server is read-only, and there is no record that this tool did it.
    NotOnRecord {
        /// The statements that make it writable.
        statements: Vec<&'static str>,
    },
    /// The server is frozen, and the account may not release it.
    Denied {
        /// The account as the server knows it.
        account: String,
        /// The statements for an administrator.
        statements: Vec<&'static str>,
    },
}

/// Makes a source as it was before [`freeze`].
///
/// Statements of an interrupted freeze are ended first, so that nothing freezes the server later. The
/// record stays until the server is released.
pub async fn release(
    server: &mut Connection,
    records: FreezeRecords<'_>,
) -> Result<Release, Error> {
    end_pending_freezes(server).await?;
    let now = read_server(server).await?;
    let Some(before) = records.read(&now.identity).await? else {
        return Ok(if now.is_read_only() {
            Release::NotOnRecord { statements: statements_for(&now, false, false) }
        } else {
            Release::NotFrozen
        });
    };
    let statements = statements_for(&now, before.read_only, before.super_read_only);
    let was_frozen = !statements.is_empty();
    for statement in &statements {
        match server.execute(statement).await {
            Ok(_) => {}
            Err(error) if error.is_privilege_missing() => {
                let account = mysql::global_rights(server).await?.account;
                return Ok(Release::Denied { account, statements });
            }
            Err(error) => return Err(error.into()),
        }
    }
    records.forget(&now.identity).await?;
    Ok(match (before.read_only, was_frozen) {
        (true, _) => Release::WasReadOnlyBefore,
        (false, true) => Release::Released,
        (false, false) => Release::NotFrozen,
    })
}

/// The statements that are left to run, of those that undo a freeze.
fn statements_for(now: &ServerState, read_only: bool, super_read_only: bool) -> Vec<&'static str> {
    let mut statements = super::server::release_statements(now.flavour, read_only, super_read_only);
    statements.retain(|it| {
        if it.contains("super_read_only") { now.super_read_only } else { now.read_only }
    });
    statements
}
