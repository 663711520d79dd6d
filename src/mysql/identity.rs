//! The server instance and the workspace of a session.

use std::collections::BTreeMap;
use std::fmt;

use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;

use super::{Connection, Error, Flavour, Server};
use crate::mattermost::{DIAGNOSTIC_ID, SYSTEMS};
use crate::schema::Catalog;
use crate::source_identity::{SourceIdentity, SourceKind};
use crate::sql::Dialect::MySql;

/// Variables that distinguish instances. MySQL has the first, new versions of `MariaDB` the second; variables
/// that a server does not have are not listed.
const VARIABLES: &str = "SHOW GLOBAL VARIABLES WHERE Variable_name IN
    ('server_uuid', 'server_uid', 'hostname', 'port', 'server_id', 'datadir')";

/// `MariaDB` servers created from one image can have equal variables, so their start time is read too.
const STARTED_AT: &str =
    "SELECT CAST(FROM_UNIXTIME(UNIX_TIMESTAMP() - CAST(VARIABLE_VALUE AS UNSIGNED))
    AS CHAR) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'UPTIME'";

/// An instance of a server, from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerIdentity {
    variables: BTreeMap<String, String>,
    /// The start time in UTC, to the second; for `MariaDB` only.
    started_at: Option<String>,
}

impl ServerIdentity {
    /// The recorded id of a server, which survives a restart.
    #[must_use]
    pub fn id(&self) -> String {
        let variable = |name: &str| self.variables.get(name).map_or("", String::as_str);
        match self.variables.get("server_uuid") {
            Some(uuid) => uuid.clone(),
            // The data directory identifies a server on its host.
            None => {
                format!("{} {} {}", variable("hostname"), variable("port"), variable("datadir"))
            }
        }
    }
}

impl fmt::Display for ServerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((host, port)) = self.variables.get("hostname").zip(self.variables.get("port")) {
            write!(f, "{host}:{port}")?;
        }
        for name in ["server_id", "datadir", "server_uuid", "server_uid"] {
            if let Some(value) = self.variables.get(name) {
                write!(f, ", {name} {value}")?;
            }
        }
        self.started_at.as_ref().map_or(Ok(()), |time| write!(f, ", started {time} UTC"))
    }
}

/// Reads the instance of a session, whose time zone is UTC already.
pub(super) async fn identify(driver: &mut Conn, server: &Server) -> Result<ServerIdentity, Error> {
    let variables: Vec<(String, String)> =
        driver.query(VARIABLES).await.map_err(Error::of_statement)?;
    let started_at = match server.flavour {
        Flavour::MariaDb => driver.query_first(STARTED_AT).await.map_err(Error::of_statement)?,
        Flavour::MySql => None,
    };
    let variables = variables.into_iter().map(|(name, value)| (name.to_lowercase(), value));
    Ok(ServerIdentity { variables: variables.collect(), started_at })
}

/// The same of a session whose settings are still those of the server.
pub(super) async fn of_new_session(driver: &mut Conn) -> Result<ServerIdentity, Error> {
    driver.query_drop("SET time_zone = '+00:00'").await.map_err(Error::of_statement)?;
    let server = read_server(driver).await?;
    identify(driver, &server).await
}

/// Which kind of server it is.
pub(super) async fn read_server(driver: &mut Conn) -> Result<Server, Error> {
    let versions: Option<(String, String)> = driver
        .query_first("SELECT VERSION(), @@version_comment")
        .await
        .map_err(Error::of_statement)?;
    let (version, comment) =
        versions.ok_or_else(|| Error::Unexpected("the server names no version".to_owned()))?;
    Ok(Server::read(&version, &comment))
}

/// The workspace in the database of a session with that catalog.
pub async fn source_identity(
    connection: &mut Connection,
    catalog: &Catalog,
) -> Result<SourceIdentity, Error> {
    let id: Option<Option<String>> = match catalog.table(SYSTEMS) {
        Some(systems) => {
            let name = MySql.identifier(&systems.name);
            let statement = format!("SELECT Value FROM {name} WHERE Name = '{DIAGNOSTIC_ID}'");
            connection.query_optional(&statement).await?
        }
        None => None,
    };
    Ok(SourceIdentity {
        kind: SourceKind::Server { server: Some(connection.identity().id()) },
        database: connection.database().await?,
        diagnostic_id: id.flatten(),
        address: connection.address().to_owned(),
    })
}

/// Refuses sessions with different instances.
pub(super) fn require_same(
    address: &str,
    first: &ServerIdentity,
    other: &ServerIdentity,
) -> Result<(), Error> {
    if first == other {
        return Ok(());
    }
    let (address, first, other) = (address.to_owned(), first.to_string(), other.to_string());
    Err(Error::DifferentServers { address, first, other })
}

#[cfg(test)]
mod tests {
    use super::{ServerIdentity, require_same};

    fn identity(variables: &[(&str, &str)], started_at: Option<&str>) -> ServerIdentity {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        ServerIdentity {
            variables: variables.iter().map(owned).collect(),
            started_at: started_at.map(str::to_owned),
        }
    }

    #[test]
    fn instances_are_distinguished_by_what_the_server_has() {
        let uuid = |text: &str| identity(&[("server_uuid", text), ("port", "3306")], None);
        assert!(require_same("a", &uuid("one"), &uuid("one")).is_ok());
        assert!(require_same("a", &uuid("one"), &uuid("two")).is_err());
        assert_eq!(uuid("one").id(), "one");
        let same = [("hostname", "db"), ("port", "3306"), ("server_id", "1"), ("datadir", "/d/")];
        let first = identity(&same, Some("2026-01-31 12:00:00"));
        let other = identity(&same, Some("2026-01-31 12:00:01"));
        let error = require_same("lb:3306", &first, &other).unwrap_err().to_string();
        assert_eq!(
            error,
            "sessions with `lb:3306` reach different servers: db:3306, server_id 1, datadir /d/, \
             started 2026-01-31 12:00:00 UTC; db:3306, server_id 1, datadir /d/, started \
             2026-01-31 12:00:01 UTC"
        );
        assert_eq!((first.id(), other.id()), ("db 3306 /d/".to_owned(), first.id()));
    }
}
