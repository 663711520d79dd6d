//! Sessions of other programs with the database.

use super::{Connection, Error, Row};

/// A session of another program.
#[derive(Debug, Clone, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct OtherSession {
    /// The role.
    pub user: String,
    /// The client's address; `None` over a socket, or if the account cannot see it.
    pub host: Option<String>,
    /// The application name; `None` if the account cannot see it.
    pub application: Option<String>,
    /// The start in UTC, such as `2026-01-31 23:59:00`; `None` if the account cannot see it.
    pub since: Option<String>,
}

impl std::fmt::Display for OtherSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = self.host.as_deref().unwrap_or("unknown or local");
        let application = match self.application.as_deref() {
            None => "unknown",
            Some("") => "unnamed",
            Some(name) => name,
        };
        let since = self.since.as_deref().unwrap_or("unknown");
        write!(f, "user {}, host {host}, application {application}, since {since}", self.user)
    }
}

/// The sessions with this database whose application name differs from this one's.
pub async fn other_sessions(connection: &Connection) -> Result<Vec<OtherSession>, Error> {
    let statement = "SELECT usename::text, host(client_addr), application_name,
            to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
        FROM pg_catalog.pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
            AND (backend_type IS NULL OR backend_type = 'client backend')
            AND application_name IS DISTINCT FROM current_setting('application_name')
        ORDER BY backend_start, pid";
    let mut sessions = Vec::new();
    for row in connection.query(statement, &[]).await? {
        sessions.push(read_session(&row)?);
    }
    Ok(sessions)
}

/// Reads user, host, application and start from the first columns of a row.
pub(super) fn read_session(row: &Row) -> Result<OtherSession, Error> {
    Ok(OtherSession {
        user: row.try_get(0)?,
        host: row.try_get(1)?,
        application: row.try_get(2)?,
        since: row.try_get(3)?,
    })
}
