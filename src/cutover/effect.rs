//! Whether a server that is read only has become one that no session of the workspace writes to.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::server::FreezeMode;
use crate::mysql::{OpenSession, OpenSessions, user_of};

/// What two readings of a server's log position, or of its row counters, show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// They are equal.
    Nothing,
    /// They differ: rows were written in between.
    Something,
    /// The account may read neither.
    Unknown,
}

/// What the server shows under a freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreezeEvidence {
    /// By which setting the server is read only.
    pub mode: FreezeMode,
    /// Whether rows were still written.
    pub arrival: Arrival,
    /// The accounts that write all the same, such as `root@%`; `None` if they are not visible.
    pub writers: Option<BTreeSet<String>>,
    /// The sessions of the workspace.
    pub sessions: OpenSessions,
}

/// Whether the sessions of the workspace can still write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "effect", rename_all = "kebab-case")]
pub enum FreezeEffect {
    /// They cannot.
    Effective {
        /// The sessions that are open.
        sessions: OpenSessions,
    },
    /// They can, or rows were written.
    NotEffective {
        /// The sessions whose accounts have the right to write on a read-only server.
        writers: Vec<OpenSession>,
        /// Those accounts, such as `mmuser@%`.
        accounts: Vec<String>,
        /// Whether rows were written under the freeze.
        rows_arrived: bool,
    },
    /// The rights of the accounts of open sessions are not visible.
    Unconfirmed {
        /// The sessions that are open.
        sessions: OpenSessions,
    },
}

/// Decides by what the server shows.
#[must_use]
pub fn judge_freeze(evidence: FreezeEvidence) -> FreezeEffect {
    let FreezeEvidence { mode, arrival, writers, sessions } = evidence;
    let exempt: BTreeSet<&str> = writers.iter().flatten().map(|it| user_of(it)).collect();
    let found: Vec<OpenSession> =
        sessions.sessions.iter().filter(|it| exempt.contains(it.user.as_str())).cloned().collect();
    let rows_arrived = arrival == Arrival::Something;
    if rows_arrived || !found.is_empty() {
        let is_connected = |account: &&String| found.iter().any(|it| it.user == user_of(account));
        let accounts = writers.iter().flatten().filter(is_connected).cloned().collect();
        return FreezeEffect::NotEffective { writers: found, accounts, rows_arrived };
    }
    let rights_known = mode == FreezeMode::SuperReadOnly || writers.is_some();
    let none_open = sessions.complete && sessions.sessions.is_empty();
    if rights_known && (sessions.complete || mode == FreezeMode::SuperReadOnly) || none_open {
        FreezeEffect::Effective { sessions }
    } else {
        FreezeEffect::Unconfirmed { sessions }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrival, FreezeEffect, FreezeEvidence, judge_freeze};
    use crate::cutover::FreezeMode;
    use crate::mysql::{OpenSession, OpenSessions};

    fn evidence(mode: FreezeMode, arrival: Arrival, writers: Option<&[&str]>) -> FreezeEvidence {
        let session = OpenSession {
            id: 7,
            user: "mm".to_owned(),
            host: "node-1".to_owned(),
            database: Some("chat".to_owned()),
            is_active: false,
            seconds: 1,
        };
        let writers = writers.map(|it| it.iter().map(|&name| name.to_owned()).collect());
        let sessions = OpenSessions { sessions: vec![session], complete: true };
        FreezeEvidence { mode, arrival, writers, sessions }
    }

    fn effect(mode: FreezeMode, arrival: Arrival, writers: Option<&[&str]>) -> &'static str {
        match judge_freeze(evidence(mode, arrival, writers)) {
            FreezeEffect::Effective { .. } => "effective",
            FreezeEffect::NotEffective { .. } => "not effective",
            FreezeEffect::Unconfirmed { .. } => "unconfirmed",
        }
    }

    #[test]
    fn a_freeze_is_effective_only_if_no_open_session_may_write() {
        use Arrival::{Nothing, Something, Unknown};
        use FreezeMode::{ReadOnly, SuperReadOnly};
        for (mode, arrival, writers, expected) in [
            (SuperReadOnly, Nothing, Some(&[][..]), "effective"),
            (SuperReadOnly, Unknown, Some(&[]), "effective"),
            (SuperReadOnly, Something, Some(&[]), "not effective"),
            (ReadOnly, Nothing, Some(&["root@%"]), "effective"),
            (ReadOnly, Nothing, Some(&["mm@10.%"]), "not effective"),
            (ReadOnly, Something, Some(&["root@%"]), "not effective"),
            (ReadOnly, Nothing, None, "unconfirmed"),
        ] {
            assert_eq!(
                effect(mode, arrival, writers),
                expected,
                "{mode:?} {arrival:?} {writers:?}"
            );
        }
    }

    #[test]
    fn a_server_without_sessions_of_the_workspace_is_frozen_whatever_the_rights() {
        let mut evidence = evidence(FreezeMode::ReadOnly, Arrival::Nothing, None);
        evidence.sessions.sessions.clear();
        assert!(matches!(judge_freeze(evidence), FreezeEffect::Effective { .. }));
    }
}
