//! The last comparison of both sides, as the ledger records it, and whether it is about the source that a
//! configuration names.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::ledger;
use crate::mysql::TableSum;
use crate::postgres::Connection;
use crate::source_identity::{SourceIdentity, SourceKind};

/// The last comparison that is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Proof {
    /// The result.
    pub status: ProofStatus,
    /// When it was finished, in UTC, such as `2026-01-31 23:59`.
    pub at: Option<String>,
    /// The source.
    pub source: Option<SourceIdentity>,
    /// What the user accepted about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// The source's log position when the comparison began.
    pub position: Option<String>,
    /// How many rows of the source are left out by decision.
    pub left_out: u64,
    /// The sums of the source's tables when the comparison began; empty if none are on record.
    #[serde(skip)]
    pub sums: BTreeMap<String, TableSum>,
}

/// The result of the last comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
        // A dump need not state the name of its database.
        let is_unnamed_dump = compared.is_dump() && compared.database.is_empty();
        if compared.database != database && !is_unnamed_dump {
            let (compared, configured) = (compared.to_string(), database.to_owned());
            return SourceMatch::OtherDatabase { compared, configured };
        }
        match &compared.kind {
            SourceKind::Dump { content } => {
                let doubts = self.doubts.iter().map(|doubt| format!("; accepted: {doubt}"));
                let doubts: String = doubts.collect();
                SourceMatch::Dump { compared: format!("{} ({content}{doubts})", compared.address) }
            }
            // An older version did not record it.
            SourceKind::Server { .. } if compared.address.is_empty() => SourceMatch::Same,
            SourceKind::Server { .. } if compared.address != address => SourceMatch::OtherAddress {
                compared: compared.address.clone(),
                configured: address.to_owned(),
            },
            SourceKind::Server { .. } => SourceMatch::Same,
        }
    }
}

/// The last comparison of a schema that `verify` or `migrate` recorded.
pub async fn read_proof(connection: &Connection, schema: &str) -> Result<Proof, ledger::Error> {
    let Some(record) = ledger::latest_proof(connection, schema).await? else {
        let (status, sums) = (ProofStatus::Missing, BTreeMap::new());
        let doubts = Vec::new();
        return Ok(Proof {
            status,
            at: None,
            source: None,
            doubts,
            position: None,
            left_out: 0,
            sums,
        });
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
        doubts: record.doubts,
        position: record.position,
        left_out: record.left_out,
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

    use super::{Proof, ProofStatus, SourceIdentity, SourceKind, SourceMatch};

    fn proof(source: Option<SourceIdentity>) -> Proof {
        Proof {
            status: ProofStatus::Equal,
            at: None,
            source,
            doubts: vec!["rows may be missing".to_owned()],
            position: None,
            left_out: 0,
            sums: BTreeMap::new(),
        }
    }

    fn source(database: &str, address: &str) -> SourceIdentity {
        SourceIdentity {
            database: database.to_owned(),
            address: address.to_owned(),
            ..SourceIdentity::default()
        }
    }

    fn dump(database: &str) -> SourceIdentity {
        SourceIdentity {
            kind: SourceKind::Dump { content: "7 bytes, 0f".to_owned() },
            ..source(database, "mattermost.sql")
        }
    }

    #[test]
    fn a_configuration_is_compared_with_the_source_of_the_proof() {
        let configured = Some(("tcp(db:3306)", "mattermost"));
        let found = |source| proof(Some(source)).source_match(configured);
        assert_eq!(found(source("mattermost", "tcp(db:3306)")), SourceMatch::Same);
        assert_eq!(found(source("mattermost", "")), SourceMatch::Same);
        let local = "tcp(127.0.0.1:3306)";
        assert!(matches!(found(source("mattermost", local)), SourceMatch::OtherAddress { .. }));
        let compared = "mattermost.sql (7 bytes, 0f; accepted: rows may be missing)".to_owned();
        assert_eq!(found(dump("mattermost")), SourceMatch::Dump { compared: compared.clone() });
        assert_eq!(found(dump("")), SourceMatch::Dump { compared });
        for other in ["mattermost2", "mattermost old", "mattermost x1"] {
            assert!(matches!(found(source(other, local)), SourceMatch::OtherDatabase { .. }));
            assert!(matches!(found(dump(other)), SourceMatch::OtherDatabase { .. }));
        }
        assert_eq!(proof(None).source_match(configured), SourceMatch::Unknown);
        let named = proof(Some(source("mattermost", local)));
        assert_eq!(named.source_match(None), SourceMatch::Unknown);
    }
}
