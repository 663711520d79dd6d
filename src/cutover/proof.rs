//! The last comparison of both sides, as the ledger records it, and whether it is about the source that a
//! configuration names.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ledger;
use crate::mysql::TableSum;
use crate::postgres::Connection;
use crate::source::Dump;

/// The last comparison that is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The result.
    pub status: ProofStatus,
    /// When it was finished, in UTC, such as `2026-01-31 23:59`.
    pub at: Option<String>,
    /// The source: its database, and the workspace's id.
    pub source: Option<String>,
    /// Where that source was, as its DSN named it.
    pub address: Option<String>,
    /// The source's log position when the comparison began.
    pub position: Option<String>,
    /// The sums of the source's tables when the comparison began; empty if none are on record.
    #[serde(skip)]
    pub sums: BTreeMap<String, TableSum>,
}

/// The result of the last comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofStatus {
    /// Both sides were equal, and no row was copied since.
    Equal,
    /// They differed.
    Different,
    /// No difference was found, but not everything was compared: a sample, or some tables.
    Partial,
    /// Rows were copied since.
    Outdated,
    /// No comparison is on record.
    Missing,
}

/// Whether a configuration names the database that the target was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "match", rename_all = "kebab-case")]
pub enum SourceMatch {
    /// It does.
    Same,
    /// It does, at another address, which may be another name of the same server.
    OtherAddress {
        /// The address of the source that was compared.
        compared: String,
        /// The address in the configuration.
        configured: String,
    },
    /// It does, but a dump of it was compared.
    Dump {
        /// The dump.
        compared: String,
    },
    /// It names another database.
    OtherDatabase {
        /// The source that was compared.
        compared: String,
        /// The database in the configuration.
        configured: String,
    },
    /// Nothing was compared, or the configuration names no database of MySQL.
    Unknown,
}

impl Proof {
    /// Compares the record with the source that a configuration names: address and database.
    #[must_use]
    pub fn source_match(&self, configured: Option<(&str, &str)>) -> SourceMatch {
        let (Some(compared), Some((address, database))) = (&self.source, configured) else {
            return SourceMatch::Unknown;
        };
        let rest = compared.strip_prefix(database);
        if database.is_empty() || !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            let (compared, configured) = (compared.clone(), database.to_owned());
            return SourceMatch::OtherDatabase { compared, configured };
        }
        match &self.address {
            Some(compared) if Dump::is_address(compared) => {
                SourceMatch::Dump { compared: compared.clone() }
            }
            Some(compared) if compared != address => {
                let (compared, configured) = (compared.clone(), address.to_owned());
                SourceMatch::OtherAddress { compared, configured }
            }
            _ => SourceMatch::Same,
        }
    }
}

/// The last comparison of a schema that `verify` or `migrate` recorded.
pub async fn read_proof(connection: &Connection, schema: &str) -> Result<Proof, ledger::Error> {
    let Some(record) = ledger::latest_proof(connection, schema).await? else {
        let (status, sums) = (ProofStatus::Missing, BTreeMap::new());
        return Ok(Proof { status, at: None, source: None, address: None, position: None, sums });
    };
    let status = match (record.proof, record.has_differences) {
        (false, true) => ProofStatus::Different,
        (false, false) => ProofStatus::Partial,
        (true, _) if record.is_outdated => ProofStatus::Outdated,
        (true, _) => ProofStatus::Equal,
    };
    Ok(Proof {
        status,
        at: Some(record.verified_at),
        source: Some(record.source),
        address: record.address,
        position: record.position,
        sums: ledger::source_sums(connection, schema)
            .await?
            .into_iter()
            .map(|(table, (rows, sum))| (table, TableSum { rows, sum }))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Proof, ProofStatus, SourceMatch};

    #[test]
    fn a_configuration_is_compared_with_the_source_of_the_proof() {
        let proof = |source: Option<&str>, address: Option<&str>| Proof {
            status: ProofStatus::Equal,
            at: None,
            source: source.map(str::to_owned),
            address: address.map(str::to_owned),
            position: None,
            sums: BTreeMap::new(),
        };
        let configured = Some(("tcp(db:3306)", "mattermost"));
        let found = |source, address| proof(source, address).source_match(configured);
        assert_eq!(found(Some("mattermost x1"), Some("tcp(db:3306)")), SourceMatch::Same);
        assert_eq!(found(Some("mattermost"), None), SourceMatch::Same);
        assert!(matches!(
            found(Some("mattermost x1"), Some("tcp(127.0.0.1:3306)")),
            SourceMatch::OtherAddress { .. }
        ));
        let dump = Some("dump(mattermost.sql, 7 bytes, 0f)");
        assert!(matches!(found(Some("mattermost x1"), dump), SourceMatch::Dump { .. }));
        assert!(matches!(found(Some("mattermost2 x1"), dump), SourceMatch::OtherDatabase { .. }));
        assert_eq!(found(None, None), SourceMatch::Unknown);
        assert_eq!(proof(Some("mattermost"), None).source_match(None), SourceMatch::Unknown);
    }
}
