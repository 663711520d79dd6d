//! What a switch has done.

use schemars::JsonSchema;
use serde::Serialize;

use super::config::Change;
use super::evidence::SwitchEvidence;
use super::file::Written;
use super::leftover::Surroundings;
use super::store::StoreReport;
use super::verdict::Objection;

/// The outcome of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SwitchOutcome {
    /// The configuration names the target.
    Done,
    /// The configuration named the target before.
    Already,
    /// There are objections that were not accepted.
    Refused,
    /// The user did not confirm it.
    NotConfirmed,
}

/// A switch: what it changes, why it may or may not, and what was done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SwitchReport {
    /// The file, or the table and its row.
    pub configuration: String,
    /// How it ended.
    pub outcome: SwitchOutcome,
    /// The settings that it changes.
    pub changes: Vec<Change>,
    /// Decisions about the DSN.
    pub notes: Vec<String>,
    /// The evidence for the decision.
    #[serde(flatten)]
    pub evidence: SwitchEvidence,
    /// Objections to the switch.
    pub objections: Vec<Objection>,
    /// The file that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Written>,
    /// The row that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<StoreReport>,
    /// How long the switch took, without the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// What else names MySQL on this machine, and where the tool looked.
    #[serde(flatten)]
    pub surroundings: Surroundings,
}
