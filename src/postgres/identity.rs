//! The PostgreSQL instance of a session.

use std::fmt;

use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::{Error, Server};

/// An instance of PostgreSQL, from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerIdentity {
    /// The number from `initdb`, which a standby shares; `None` if the role cannot see it.
    pub system_identifier: Option<String>,
    /// The start time in UTC, to the microsecond.
    pub started_at: String,
    /// The server's own address; `None` for a Unix socket.
    address: Option<String>,
}

impl ServerIdentity {
    /// Whether both are one instance. A session may reach it at another of its addresses.
    fn is_same_instance(&self, other: &Self) -> bool {
        let identifiers = self.system_identifier.as_ref().zip(other.system_identifier.as_ref());
        self.started_at == other.started_at && identifiers.is_none_or(|(one, two)| one == two)
    }
}

impl fmt::Display for ServerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Some(address) => write!(f, "{address}, ")?,
            None => write!(f, "Unix socket, ")?,
        }
        if let Some(number) = &self.system_identifier {
            write!(f, "system identifier {number}, ")?;
        }
        write!(f, "started {} UTC", self.started_at)
    }
}

/// Reads the version and the instance of a session's server.
pub(super) async fn identify(client: &Client) -> Result<(Server, ServerIdentity), Error> {
    let sql = "SELECT pg_catalog.current_setting('server_version_num'),
        pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC',
            'YYYY-MM-DD HH24:MI:SS.US'),
        pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port(),
        pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')";
    let row = one_row(client, sql).await?;
    let text = |place: usize| row.get(place).map(str::to_owned);
    let odd = |what: &str| Error::Unexpected { what: what.to_owned() };
    let version = text(0).and_then(|number| number.parse().ok());
    let version = version.ok_or_else(|| odd("no version of the server"))?;
    let started_at = text(1).ok_or_else(|| odd("no start time of the server"))?;
    let address = text(2).zip(text(3)).map(|(host, port)| {
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    });
    let system_identifier = if text(4).as_deref() == Some("t") {
        let sql = "SELECT system_identifier FROM pg_catalog.pg_control_system()";
        one_row(client, sql).await?.get(0).map(str::to_owned)
    } else {
        None
    };
    Ok((Server::new(version), ServerIdentity { system_identifier, started_at, address }))
}

/// Refuses sessions with different instances.
pub(super) fn require_same(
    address: &str,
    first: &ServerIdentity,
    other: &ServerIdentity,
) -> Result<(), Error> {
    if first.is_same_instance(other) {
        return Ok(());
    }
    let (address, first, other) = (address.to_owned(), first.to_string(), other.to_string());
    Err(Error::DifferentServers { address, first, other })
}

pub(super) async fn one_row(client: &Client, sql: &str) -> Result<SimpleQueryRow, Error> {
    let answer = client.simple_query(sql).await?;
    let row = answer.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.ok_or_else(|| Error::Unexpected { what: "no row".into() })
}

#[cfg(test)]
mod tests {
    use super::ServerIdentity;

    #[test]
    fn an_instance_is_known_by_its_start_and_its_identifier() {
        let identity =
            |number: Option<&str>, started: &str, address: Option<&str>| ServerIdentity {
                system_identifier: number.map(str::to_owned),
                started_at: started.to_owned(),
                address: address.map(str::to_owned),
            };
        let first = identity(Some("7"), "2026-01-31 12:00:00.000001", Some("10.0.0.1:5432"));
        let by_socket = identity(None, "2026-01-31 12:00:00.000001", None);
        let standby = identity(Some("7"), "2026-01-31 12:00:00.000002", Some("10.0.0.1:5432"));
        let other = identity(Some("8"), "2026-01-31 12:00:00.000001", Some("10.0.0.1:5432"));
        assert!(first.is_same_instance(&by_socket));
        assert!(!first.is_same_instance(&standby));
        assert!(!first.is_same_instance(&other));
        assert_eq!(
            first.to_string(),
            "10.0.0.1:5432, system identifier 7, started 2026-01-31 12:00:00.000001 UTC"
        );
    }
}
