//! The decision about a switch: what speaks against it, and which flag accepts that.

use crate::figures::grouped;

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{ChangedTable, SinceProof, SourceEvidence, SourceState, SwitchEvidence};
use super::process::{MattermostProcess, ProcessConfiguration};
use super::proof::{ProofStatus, SourceMatch};

/// A state in which a switch is made only if the user accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Acceptable {
    /// It is not proven that the target has everything.
    Unproven,
    /// The source was written since the proof.
    Written,
    /// The source cannot be asked.
    Unreachable,
    /// Mattermost runs.
    Running,
}

impl Acceptable {
    /// The flag that accepts this state and no other.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Unproven => "--unproven",
            Self::Written => "--accept-written",
            Self::Unreachable => "--accept-unreachable",
            Self::Running => "--accept-running",
        }
    }
}

/// Something that speaks against a switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Objection {
    /// A stable name.
    pub id: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it, as an imperative.
    pub hint: String,
    /// What accepts it; `None` if nothing does.
    pub acceptable: Option<Acceptable>,
}

/// Decides about a switch. Without objections it can be made.
#[must_use]
pub fn judge_switch(evidence: &SwitchEvidence) -> Vec<Objection> {
    let mut found = Vec::new();
    judge_target(evidence, &mut found);
    judge_proof(evidence, &mut found);
    match &evidence.source {
        SourceEvidence::Unnamed => found.push(Objection {
            id: "source-unnamed",
            message: "the source was not asked: neither the command line nor the configuration names a \
                      MySQL database"
                .to_owned(),
            hint: "name the database with `--mysql DSN`".to_owned(),
            acceptable: Some(Acceptable::Unreachable),
        }),
        SourceEvidence::Unreachable { address, reason } => found.push(Objection {
            id: "source-unreachable",
            message: format!("cannot ask the source at {address}: {reason}"),
            hint: "start the source's server, or name it as this machine reaches it with `--mysql DSN`"
                .to_owned(),
            acceptable: Some(Acceptable::Unreachable),
        }),
        SourceEvidence::Asked(state) => judge_source(state, &mut found),
    }
    found.extend(judge_processes(&evidence.processes));
    found
}

/// Issues that make the target no schema of Mattermost: nothing accepts them.
const NO_SCHEMA: [&str; 2] = ["no-migrations", "no-tables"];
/// Issues of a target without rows: nothing accepts them, unless the source was proven to have none.
const NO_ROWS: [&str; 2] = ["no-diagnostic-id", "no-rows"];

fn judge_target(evidence: &SwitchEvidence, found: &mut Vec<Objection>) {
    for issue in &evidence.acceptance.obstacles {
        let is_proven = evidence.proof.status == ProofStatus::Equal;
        if is_proven && issue.id == "no-rows" {
            continue;
        }
        let is_fatal = NO_SCHEMA.contains(&issue.id) || (!is_proven && NO_ROWS.contains(&issue.id));
        let acceptable = (!is_fatal).then_some(Acceptable::Unproven);
        let (message, hint) = (issue.message.clone(), issue.hint.clone());
        found.push(Objection { id: issue.id, message, hint, acceptable });
    }
}

const VERIFY: &str = "run `migration-assist verify` against the source's server";

fn judge_proof(evidence: &SwitchEvidence, found: &mut Vec<Objection>) {
    let mut unproven = |id, message, hint: &str| {
        let (hint, acceptable) = (hint.to_owned(), Some(Acceptable::Unproven));
        found.push(Objection { id, message, hint, acceptable });
    };
    let at = evidence.proof.at.as_deref().unwrap_or("an unknown time");
    match evidence.proof.status {
        ProofStatus::Equal => {}
        ProofStatus::Different => unproven(
            "different",
            format!("both sides differed when they were compared at {at} (UTC)"),
            "run `migration-assist verify` for the list of differences; `migration-assist copy \
             --restart` copies again",
        ),
        ProofStatus::Partial => unproven(
            "partly-compared",
            format!("only a part of the rows was compared at {at} (UTC)"),
            VERIFY,
        ),
        ProofStatus::Outdated => unproven(
            "copied-since",
            format!("rows were copied after both sides were compared at {at} (UTC)"),
            VERIFY,
        ),
        ProofStatus::Missing => {
            unproven("no-proof", "both sides were never compared".to_owned(), VERIFY);
        }
    }
    match &evidence.source_match {
        SourceMatch::Dump { compared } => unproven(
            "compared-with-dump",
            format!(
                "the target was compared with the dump {compared}: writes after that dump are not on the target"
            ),
            "run `migration-assist verify` with the DSN of the server",
        ),
        SourceMatch::OtherDatabase { compared, configured } => unproven(
            "other-database",
            format!(
                "the target was compared with `{compared}`, but the configuration names the database \
                 `{configured}`"
            ),
            "name the configuration of the workspace that was copied, or run `migration-assist verify` \
             with the database that it names",
        ),
        SourceMatch::Same | SourceMatch::OtherAddress { .. } | SourceMatch::Unknown => {}
    }
}

const COPY_AGAIN: &str =
    "stop Mattermost, then run `migration-assist copy --restart` and `migration-assist verify`";

fn judge_source(state: &SourceState, found: &mut Vec<Objection>) {
    let objection = |id, message, hint: &str, acceptable| Objection {
        id,
        message,
        hint: hint.to_owned(),
        acceptable: Some(acceptable),
    };
    match &state.since_proof {
        SinceProof::Unchanged { .. } => {}
        SinceProof::TablesChanged { tables } => found.push(objection(
            "written-since-proof",
            format!("the source was written since the proof: {}", list_tables(tables)),
            COPY_AGAIN,
            Acceptable::Written,
        )),
        SinceProof::PositionChanged { then, now } => found.push(objection(
            "log-moved-since-proof",
            format!(
                "the source's server was written since the proof, in this or another database: its log \
                 was at {then}, and is at {now}"
            ),
            "run `migration-assist verify`: it finds out whether this database was written",
            Acceptable::Written,
        )),
        SinceProof::OtherWorkspace { compared } => found.push(objection(
            "other-workspace",
            format!(
                "the source is workspace `{}`, but the target was compared with `{compared}`",
                state.workspace
            ),
            "name the source that was copied with `--mysql DSN`",
            Acceptable::Unproven,
        )),
        // Without a comparison with the server, the proof itself is the objection.
        SinceProof::Unknown { .. }
            if found.iter().any(|it| ["no-proof", "compared-with-dump"].contains(&it.id)) => {}
        SinceProof::Unknown { reason } => found.push(objection(
            "unknown-since-proof",
            format!("cannot determine whether the source was written since the proof: {reason}"),
            "run `migration-assist verify` again",
            Acceptable::Unproven,
        )),
    }
    let sessions: Vec<String> = state.active_sessions().map(ToString::to_string).collect();
    if !sessions.is_empty() {
        let can_write = if state.frozen { "" } else { ", and can write to it" };
        found.push(objection(
            "sessions",
            format!(
                "other sessions use the source{can_write}: {} ({})",
                sessions.len(),
                sessions.join("; ")
            ),
            "stop Mattermost on every node, and end the other programs",
            Acceptable::Running,
        ));
    }
}

/// What speaks against a change of the configuration that processes of Mattermost use.
#[must_use]
pub fn judge_processes(processes: &[MattermostProcess]) -> Vec<Objection> {
    processes.iter().map(judge_process).collect()
}

fn judge_process(process: &MattermostProcess) -> Objection {
    let configuration = match &process.configuration {
        ProcessConfiguration::This { path } => format!("with {}", path.display()),
        ProcessConfiguration::Other { path } => format!("with another file, {}", path.display()),
        ProcessConfiguration::Database => "with the configuration in the database".to_owned(),
        ProcessConfiguration::Unknown => "with an unknown configuration".to_owned(),
    };
    let variables = match &process.variables {
        None => "; its variables cannot be read, run as root to see them".to_owned(),
        Some(names) if names.is_empty() => String::new(),
        Some(names) => {
            format!(
                "; its variables name MySQL, whatever the configuration says: {}",
                names.join(", ")
            )
        }
    };
    Objection {
        id: "running",
        message: format!(
            "Mattermost runs on this machine as process {}, {configuration}{variables}",
            process.pid
        ),
        hint: "stop Mattermost: a save in the System Console writes the old configuration back"
            .to_owned(),
        acceptable: Some(Acceptable::Running),
    }
}

/// How many tables a message names.
const NAMED: usize = 8;

fn list_tables(tables: &[ChangedTable]) -> String {
    let rows = |rows: Option<u64>| rows.map_or("no table".to_owned(), grouped);
    let table = |it: &ChangedTable| {
        format!("`{}` (rows then: {}, now: {})", it.table, rows(it.rows_then), rows(it.rows_now))
    };
    let mut named: Vec<String> = tables.iter().take(NAMED).map(table).collect();
    if tables.len() > NAMED {
        named.push(format!("and more tables: {}", tables.len() - NAMED));
    }
    named.join(", ")
}

#[cfg(test)]
mod tests;
