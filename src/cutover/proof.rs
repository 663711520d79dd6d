//! Whether the target is proved to hold what the source held.

use serde::Serialize;

use crate::ledger::{self, Error};
use crate::postgres::Connection;
use crate::source::Dump;

/// What the target's record says of the last comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// What it amounts to.
    pub standing: ProofStatus,
    /// When it was finished, in UTC, as `2026-01-31 23:59`.
    pub at: Option<String>,
    /// The source it was compared with, as the record names it: its database, and the workspace's id.
    pub source: Option<String>,
    /// Where that source listened, as its DSN named it.
    pub address: Option<String>,
}

/// Whether a configuration names the database that the target was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Origin {
    /// It does.
    Same,
    /// It does, at another address, which may be another name of the same server.
    OtherAddress {
        /// Where the source was that the target was compared with.
        compared: String,
        /// Where the configuration says that it is.
        configured: String,
    },
    /// It does, but what was compared is a dump of it, and not what was written since.
    Dump {
        /// The dump that the target was compared with.
        compared: String,
    },
    /// It names another database.
    OtherDatabase {
        /// What the target was compared with.
        compared: String,
        /// The database that the configuration names.
        configured: String,
    },
    /// Nobody can tell: nothing was compared, or it names no database of MySQL.
    Unknown,
}

impl Proof {
    /// Holds the record against the source that a configuration names: address and database.
    #[must_use]
    pub fn origin(&self, configured: Option<(&str, &str)>) -> Origin {
        let (Some(compared), Some((address, database))) = (&self.source, configured) else {
            return Origin::Unknown;
        };
        let rest = compared.strip_prefix(database);
        if database.is_empty() || !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            let (compared, configured) = (compared.clone(), database.to_owned());
            return Origin::OtherDatabase { compared, configured };
        }
        match &self.address {
            Some(compared) if Dump::is_address(compared) => {
                Origin::Dump { compared: compared.clone() }
            }
            Some(compared) if compared != address => {
                let (compared, configured) = (compared.clone(), address.to_owned());
                Origin::OtherAddress { compared, configured }
            }
            _ => Origin::Same,
        }
    }
}

/// What the last comparison amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofStatus {
    /// Both sides were equal, and nothing was copied since.
    Equal,
    /// They differed.
    Different,
    /// No difference was found, but not everything was compared: a sample, or some tables.
    Partial,
    /// Rows were copied since.
    Outdated,
    /// There was none.
    Missing,
}

/// The last comparison of a schema that `verify` or `migrate` recorded in the target.
pub async fn read_proof(connection: &Connection, schema: &str) -> Result<Proof, Error> {
    let Some(record) = ledger::latest_proof(connection, schema).await? else {
        return Ok(Proof { standing: ProofStatus::Missing, at: None, source: None, address: None });
    };
    let standing = match (record.proof, record.has_differences) {
        (false, true) => ProofStatus::Different,
        (false, false) => ProofStatus::Partial,
        (true, _) if record.is_outdated => ProofStatus::Outdated,
        (true, _) => ProofStatus::Equal,
    };
    let (at, source) = (Some(record.verified_at), Some(record.source));
    Ok(Proof { standing, at, source, address: record.address })
}

#[cfg(test)]
mod tests {
    use super::{Origin, Proof, ProofStatus};

    #[test]
    fn a_configuration_is_held_against_what_was_compared() {
        let proof = |source: Option<&str>, address: Option<&str>| Proof {
            standing: ProofStatus::Equal,
            at: None,
            source: source.map(str::to_owned),
            address: address.map(str::to_owned),
        };
        let configured = Some(("tcp(db:3306)", "mattermost"));
        let origin = |source, address| proof(source, address).origin(configured);
        assert_eq!(origin(Some("mattermost x1"), Some("tcp(db:3306)")), Origin::Same);
        assert_eq!(origin(Some("mattermost"), None), Origin::Same);
        assert!(matches!(
            origin(Some("mattermost x1"), Some("tcp(127.0.0.1:3306)")),
            Origin::OtherAddress { .. }
        ));
        let dump = Some("dump(mattermost.sql, 7 bytes, 0f)");
        assert!(matches!(origin(Some("mattermost x1"), dump), Origin::Dump { .. }));
        assert!(matches!(origin(Some("mattermost2 x1"), dump), Origin::OtherDatabase { .. }));
        assert!(matches!(origin(Some("mattermost2 x1"), None), Origin::OtherDatabase { .. }));
        assert_eq!(origin(None, None), Origin::Unknown);
        assert_eq!(proof(Some("mattermost"), None).origin(None), Origin::Unknown);
    }
}
