//! The state of the source's server: which it is, and whether it accepts writes.

use schemars::JsonSchema;
use serde::Serialize;

use crate::mysql::{self, Connection, Flavour};

/// How a server is made read only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FreezeMode {
    /// `super_read_only`: no account writes.
    SuperReadOnly,
    /// `read_only`: accounts with the right READ ONLY ADMIN still write.
    ReadOnly,
}

/// A server, and the settings that refuse writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerState {
    /// What identifies the server, whatever address it is reached at.
    pub identity: String,
    /// Its kind.
    pub flavour: Flavour,
    /// `read_only`.
    pub read_only: bool,
    /// `super_read_only`, which MariaDB does not have.
    pub super_read_only: bool,
}

impl ServerState {
    /// How this kind of server is frozen.
    #[must_use]
    pub fn mode(&self) -> FreezeMode {
        match self.flavour {
            Flavour::MySql => FreezeMode::SuperReadOnly,
            Flavour::MariaDb => FreezeMode::ReadOnly,
        }
    }

    /// Whether the server is as read only as its kind can be.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        match self.mode() {
            FreezeMode::SuperReadOnly => self.super_read_only,
            FreezeMode::ReadOnly => self.read_only,
        }
    }

    /// Whether ordinary accounts cannot write.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only || self.super_read_only
    }
}

/// Reads which server it is and how it is set. No right is needed.
pub async fn read_server(server: &mut Connection) -> Result<ServerState, mysql::Error> {
    let flavour = server.server().flavour;
    let identity = server.identity().id();
    let read_only = is_on(server, "read_only").await?;
    let super_read_only = flavour == Flavour::MySql && is_on(server, "super_read_only").await?;
    Ok(ServerState { identity, flavour, read_only, super_read_only })
}

async fn is_on(server: &mut Connection, name: &str) -> Result<bool, mysql::Error> {
    let value: Option<String> =
        server.query_optional(&format!("SELECT CAST(@@GLOBAL.{name} AS CHAR)")).await?;
    // MariaDB 12 prints words, and has more of them than two.
    Ok(value.is_some_and(|value| !matches!(value.as_str(), "0" | "OFF" | "off")))
}

/// The other databases of the server that the account may see.
pub async fn other_databases(server: &mut Connection) -> Result<Vec<String>, mysql::Error> {
    server
        .query(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN
             ('information_schema', 'mysql', 'performance_schema', 'sys')
             AND NOT SCHEMA_NAME <=> DATABASE() ORDER BY 1",
        )
        .await
}

/// The statements that make a server writable again that was set `before` like this.
#[must_use]
pub fn release_statements(
    flavour: Flavour,
    read_only_before: bool,
    super_read_only_before: bool,
) -> Vec<&'static str> {
    let mut statements = Vec::new();
    if flavour == Flavour::MySql && !super_read_only_before {
        statements.push("SET GLOBAL super_read_only = OFF;");
    }
    if !read_only_before {
        statements.push("SET GLOBAL read_only = OFF;");
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::{Flavour, release_statements};

    #[test]
    fn a_release_undoes_what_the_freeze_did_and_no_more() {
        let whole = ["SET GLOBAL super_read_only = OFF;", "SET GLOBAL read_only = OFF;"];
        assert_eq!(release_statements(Flavour::MySql, false, false), whole);
        assert_eq!(release_statements(Flavour::MySql, true, false), whole[..1]);
        assert!(release_statements(Flavour::MySql, true, true).is_empty());
        assert_eq!(release_statements(Flavour::MariaDb, false, false), whole[1..]);
        assert!(release_statements(Flavour::MariaDb, true, false).is_empty());
    }
}
