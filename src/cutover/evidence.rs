//! What a switch is decided by: values, however they were read.

use schemars::JsonSchema;
use serde::Serialize;

use super::acceptance::Acceptance;
use super::process::MattermostProcess;
use super::proof::{Proof, SourceMatch};
use crate::mysql::{OpenSession, OpenSessions};
use crate::source_identity::SourceIdentity;

/// Everything that a switch is decided by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SwitchEvidence {
    /// The last comparison of both sides.
    pub proof: Proof,
    /// Whether the configuration names the source of that comparison.
    pub source_match: SourceMatch,
    /// Whether the target has the schema that Mattermost expects.
    pub acceptance: Acceptance,
    /// The source.
    pub source: SourceEvidence,
    /// Processes of Mattermost on this machine that use the configuration, or may use it.
    pub processes: Vec<MattermostProcess>,
}

/// What the source shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SourceEvidence {
    /// Neither the command line nor the configuration names a database of MySQL.
    Unnamed,
    /// The source cannot be asked.
    Unreachable {
        /// Where it is, as its DSN names it.
        address: String,
        /// The error and its causes.
        reason: String,
    },
    /// The source was asked.
    Asked(Box<SourceState>),
}

/// The state of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SourceState {
    /// Where it is, as its DSN names it.
    pub address: String,
    /// The server's kind and version.
    pub server: String,
    /// Which workspace it is, and which server.
    pub workspace: SourceIdentity,
    /// The account that asked, as the server knows it.
    pub account: String,
    /// Whether the server is read only for every account that its kind can refuse.
    pub frozen: bool,
    /// The sessions that use the database.
    pub sessions: OpenSessions,
    /// The account of Mattermost.
    pub mattermost_user: String,
    /// Whether the source was written since the proof.
    pub since_proof: SinceProof,
}

impl SourceState {
    /// The sessions that show that Mattermost runs, or that can write: under a freeze those of its account
    /// only.
    pub fn active_sessions(&self) -> impl Iterator<Item = &OpenSession> {
        let of_mattermost = |it: &&OpenSession| it.user == self.mattermost_user;
        self.sessions.sessions.iter().filter(move |it| !self.frozen || of_mattermost(it))
    }
}

/// Whether the source was written since the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SinceProof {
    /// It was not.
    Unchanged {
        /// By what.
        by: ChangeEvidence,
    },
    /// Tables have other rows than the proof compared.
    TablesChanged {
        /// These tables.
        tables: Vec<ChangedTable>,
    },
    /// The log position differs, and no sums of the tables are on record. The log is that of all databases
    /// of the server.
    PositionChanged {
        /// The position of the proof.
        then: String,
        /// The position of now.
        now: String,
    },
    /// Another workspace than the proof compared.
    OtherWorkspace {
        /// The source of the proof.
        compared: String,
    },
    /// There is no evidence.
    Unknown {
        /// Why.
        reason: &'static str,
    },
}

/// By what a change is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeEvidence {
    /// The position in the server's log.
    Position,
    /// Sums over all rows of all tables.
    TableSums,
}

/// A table with other rows than the proof compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangedTable {
    /// Its name.
    pub table: String,
    /// How many rows the proof compared; `None` if there was no such table.
    pub rows_then: Option<u64>,
    /// How many rows it has; `None` if there is no such table.
    pub rows_now: Option<u64>,
}

#[cfg(test)]
pub(crate) mod testing {
    use std::collections::BTreeMap;

    use super::{ChangeEvidence, SinceProof, SourceEvidence, SourceState, SwitchEvidence};
    use crate::cutover::{Acceptance, Proof, ProofStatus, SourceMatch};
    use crate::mysql::OpenSessions;
    use crate::source_identity::SourceIdentity;

    pub(crate) fn chat() -> SourceIdentity {
        SourceIdentity {
            database: "chat".to_owned(),
            diagnostic_id: Some("x1".to_owned()),
            address: "tcp(db:3306)".to_owned(),
            ..SourceIdentity::default()
        }
    }

    /// A frozen source that was not written since the proof.
    pub(crate) fn state() -> SourceState {
        SourceState {
            address: "tcp(db:3306)".to_owned(),
            server: "MySQL 9.7.0".to_owned(),
            workspace: chat(),
            account: "mm@%".to_owned(),
            frozen: true,
            sessions: OpenSessions { sessions: Vec::new(), complete: true },
            mattermost_user: "mm".to_owned(),
            since_proof: SinceProof::Unchanged { by: ChangeEvidence::Position },
        }
    }

    /// A source, and a proof that both sides were equal.
    pub(crate) fn evidence(source: SourceEvidence) -> SwitchEvidence {
        SwitchEvidence {
            proof: Proof {
                status: ProofStatus::Equal,
                at: Some("2026-01-31 23:59".to_owned()),
                source: Some(chat()),
                doubts: Vec::new(),
                position: Some("0-1-7".to_owned()),
                left_out: 0,
                sums: BTreeMap::new(),
            },
            source_match: SourceMatch::Same,
            acceptance: Acceptance::default(),
            source,
            processes: Vec::new(),
        }
    }
}
