//! The open sessions of a server that the account can see.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Connection, Error, Row};

/// A session of another client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenSession {
    /// The server's number of the session, for `KILL`.
    pub id: u64,
    /// The account name.
    pub user: String,
    /// The client's host, without the port.
    pub host: String,
    /// The database in use.
    pub database: Option<String>,
    /// Whether a statement is running.
    pub is_active: bool,
    /// The time in this state, in seconds.
    pub seconds: u64,
}

impl fmt::Display for OpenSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, user, host, seconds, .. } = self;
        let place = self.database.as_ref().map(|name| format!(" in `{name}`")).unwrap_or_default();
        let state = if self.is_active { "active" } else { "idle" };
        write!(f, "session {id} of {user} from {host}{place}, {state} for {seconds} s")
    }
}

/// The sessions of other clients.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenSessions {
    /// The sessions, by host, account and number.
    pub sessions: Vec<OpenSession>,
    /// Whether these are all; without the privilege PROCESS a server shows only those of the account.
    pub complete: bool,
}

/// Accounts of the server's own threads (reference manuals, "SHOW PROCESSLIST Statement").
const SERVER_THREADS: [&str; 3] = ["event_scheduler", "system user", "unauthenticated user"];

/// Reads the sessions of other clients. Threads of the server itself and replicas are left out.
pub async fn open_sessions(connection: &mut Connection) -> Result<OpenSessions, Error> {
    let own = u64::from(connection.id());
    let complete = may_see_all(connection).await?;
    let rows: Vec<Row> = connection.query("SHOW PROCESSLIST").await?;
    let mut sessions: Vec<OpenSession> = rows.iter().filter_map(session).collect();
    sessions.retain(|it| it.id != own && !SERVER_THREADS.contains(&it.user.as_str()));
    sessions.sort_by(|one, other| {
        (&one.host, &one.user, one.id).cmp(&(&other.host, &other.user, other.id))
    });
    Ok(OpenSessions { sessions, complete })
}

/// The numbers of other sessions whose running statement starts with these words.
pub async fn sessions_running(
    connection: &mut Connection,
    statement: &str,
) -> Result<Vec<u64>, Error> {
    let own = u64::from(connection.id());
    let rows: Vec<Row> = connection.query("SHOW FULL PROCESSLIST").await?;
    let runs = |row: &Row| {
        let running = row.get::<Option<String>, _>("Info").flatten();
        running.is_some_and(|running| running.starts_with(statement))
    };
    let ids = rows.iter().filter(|row| runs(row)).filter_map(|row| row.get::<u64, _>("Id"));
    Ok(ids.filter(|id| *id != own).collect())
}

/// Whether the account has the privilege PROCESS, itself or by a role.
async fn may_see_all(connection: &mut Connection) -> Result<bool, Error> {
    let probe = "SELECT 1 FROM information_schema.INNODB_TRX LIMIT 1";
    match connection.execute(probe).await {
        Ok(_) => Ok(true),
        // The privilege is looked at before the rows.
        Err(error) if error.is_text_unconvertible() => Ok(true),
        Err(error) if error.is_privilege_missing() => Ok(false),
        Err(error) => Err(error),
    }
}

fn session(row: &Row) -> Option<OpenSession> {
    let command: String = row.get("Command")?;
    if command == "Daemon" || command.starts_with("Binlog Dump") {
        return None;
    }
    Some(OpenSession {
        id: row.get("Id")?,
        user: row.get("User")?,
        host: without_port(&row.get::<String, _>("Host")?).to_owned(),
        database: row.get::<Option<String>, _>("db")?,
        is_active: command != "Sleep",
        seconds: row.get::<Option<i64>, _>("Time")?.unwrap_or_default().unsigned_abs(),
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::without_port;

    #[test]
    fn a_host_is_named_without_the_port_of_its_client() {
        for (host, name) in [
            ("10.0.0.5:51234", "10.0.0.5"),
            ("localhost", "localhost"),
            ("node-1.example:1", "node-1.example"),
            ("", ""),
        ] {
            assert_eq!(without_port(host), name);
        }
    }
}
