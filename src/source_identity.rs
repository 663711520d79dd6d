//! Which workspace rows come from, and where it was read.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// A source of rows, as the ledger records it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SourceIdentity {
    /// A server or a dump.
    #[serde(flatten)]
    pub kind: SourceKind,
    /// The name of the database; empty if a dump does not state it.
    pub database: String,
    /// The id by which the workspace knows itself; `None` if table `Systems` has none.
    pub diagnostic_id: Option<String>,
    /// The server's address as the DSN names it, or the name of the dump's file.
    pub address: String,
}

/// The kind of a source, with what distinguishes two sources of that kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SourceKind {
    /// A server.
    Server {
        /// Which server, whatever its address; `None` if that is not on record.
        server: Option<String>,
    },
    /// A dump.
    Dump {
        /// What distinguishes its text from that of other dumps.
        content: String,
    },
}

impl Default for SourceKind {
    fn default() -> Self {
        Self::Server { server: None }
    }
}

impl SourceIdentity {
    /// Whether both are the same workspace. Two ids decide; otherwise the names of the databases do.
    #[must_use]
    pub fn is_same_workspace(&self, other: &Self) -> bool {
        match (&self.diagnostic_id, &other.diagnostic_id) {
            (Some(id), Some(other_id)) if id != other_id => false,
            (Some(_), Some(_)) if self.database.is_empty() || other.database.is_empty() => true,
            _ => self.database == other.database,
        }
    }

    /// Whether a copy from one can be resumed from the other: the same workspace, and the same text if
    /// they are dumps. A server can have several addresses, and a dump several names.
    #[must_use]
    pub fn can_resume(&self, other: &Self) -> bool {
        let is_same_kind = match (&self.kind, &other.kind) {
            (SourceKind::Server { .. }, SourceKind::Server { .. }) => true,
            (SourceKind::Dump { content }, SourceKind::Dump { content: other }) => content == other,
            _ => false,
        };
        is_same_kind && self.database == other.database && self.diagnostic_id == other.diagnostic_id
    }

    /// Whether positions of both are of one server's log; `true` if the server of one is not on record.
    #[must_use]
    pub fn may_share_log(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (
                SourceKind::Server { server: Some(server) },
                SourceKind::Server { server: Some(other) },
            ) => server == other,
            _ => true,
        }
    }

    /// Whether it is a dump.
    #[must_use]
    pub fn is_dump(&self) -> bool {
        matches!(self.kind, SourceKind::Dump { .. })
    }
}

impl fmt::Display for SourceIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.database.is_empty() { "unnamed" } else { &self.database })?;
        if let Some(id) = &self.diagnostic_id {
            write!(f, " {id}")?;
        }
        match &self.kind {
            SourceKind::Server { .. } => Ok(()),
            SourceKind::Dump { content } => write!(f, " (dump of {content})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SourceIdentity, SourceKind};

    fn server(database: &str, id: Option<&str>) -> SourceIdentity {
        SourceIdentity {
            database: database.to_owned(),
            diagnostic_id: id.map(str::to_owned),
            ..SourceIdentity::default()
        }
    }

    fn dump(database: &str, id: Option<&str>, content: &str) -> SourceIdentity {
        SourceIdentity {
            kind: SourceKind::Dump { content: content.to_owned() },
            ..server(database, id)
        }
    }

    #[test]
    fn a_workspace_is_known_by_its_id_if_both_have_one() {
        let is_same = |one: &SourceIdentity, other| one.is_same_workspace(&other);
        assert!(is_same(&server("chat", Some("x1")), server("chat", Some("x1"))));
        assert!(is_same(&server("chat", Some("x1")), server("chat", None)));
        assert!(!is_same(&server("chat", Some("x2")), server("chat", Some("x1"))));
        assert!(!is_same(&server("blog", None), server("chat", Some("x1"))));
        assert!(!is_same(&server("mm", None), server("mm old", None)), "not by its first word");
        assert!(is_same(&dump("", Some("x1"), "7"), server("chat", Some("x1"))));
        assert!(!is_same(&dump("", None, "7"), server("chat", Some("x1"))));
    }

    #[test]
    fn a_copy_is_resumed_from_the_same_source_only() {
        let chat = SourceIdentity { address: "tcp(a:3306)".to_owned(), ..server("chat", None) };
        assert!(chat.can_resume(&server("chat", None)), "an address is no identity");
        assert!(!chat.can_resume(&server("chat", Some("x1"))));
        assert!(!chat.can_resume(&dump("chat", None, "7 bytes")));
        assert!(!dump("chat", None, "8 bytes").can_resume(&dump("chat", None, "7 bytes")));
        let renamed =
            SourceIdentity { address: "b.sql".to_owned(), ..dump("chat", None, "7 bytes") };
        assert!(renamed.can_resume(&dump("chat", None, "7 bytes")));
    }

    #[test]
    fn positions_of_two_servers_are_not_compared() {
        let of = |server: Option<&str>| SourceIdentity {
            kind: SourceKind::Server { server: server.map(str::to_owned) },
            ..SourceIdentity::default()
        };
        assert!(of(Some("one")).may_share_log(&of(Some("one"))));
        assert!(!of(Some("one")).may_share_log(&of(Some("two"))));
        assert!(of(None).may_share_log(&of(Some("two"))), "an older record names no server");
    }

    #[test]
    fn an_identity_is_printed_with_its_database_first() {
        assert_eq!(server("chat", Some("x1")).to_string(), "chat x1");
        assert_eq!(dump("", None, "7 bytes, 0f").to_string(), "unnamed (dump of 7 bytes, 0f)");
    }
}
