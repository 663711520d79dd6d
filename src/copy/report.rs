//! The outcome of a copy.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Consistency, CopyCounts};
use crate::source::Doubt;

/// The outcome of a copy, including earlier runs that it resumed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CopyReport {
    /// The tables, largest first.
    pub tables: Vec<TableReport>,
    /// Tables that this run created on the target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub created: Vec<String>,
    /// The sum over all tables.
    pub total: CopyCounts,
    /// Rows that this run quarantined.
    pub quarantined: Vec<RowProblem>,
    /// Indexes and constraints that this run built.
    pub built: Vec<BuiltDefinition>,
    /// Indexes and constraints that could not be built; the ledger keeps them, and the next run tries again.
    pub not_built: Vec<FailedDefinition>,
    /// Full-text indexes that `post-migrate` builds.
    pub left_to_post_migrate: Vec<String>,
    /// Tables of the source that the target does not have.
    pub left_out: Vec<String>,
    /// The defects of a dump that the user accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// The evidence that all rows of this run come from one snapshot.
    pub consistency: Consistency,
    /// Whether the source has changed since the snapshot; `None` if that cannot be determined.
    pub source_changed: Option<bool>,
    /// Why the source could not be checked for changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_check_error: Option<String>,
    /// Whether the source has changed between the first run and this one; `None` for a single run,
    /// and if that cannot be determined.
    pub source_changed_between_runs: Option<bool>,
    /// The duration of this run, in seconds.
    pub seconds: f64,
}

impl CopyReport {
    /// Whether this run resumed an earlier one.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.tables.iter().any(|table| table.resumed)
    }

    /// Whether every row has arrived and every definition has been built.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.total.rows_quarantined == 0 && self.not_built.is_empty()
    }
}

/// The outcome for one table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableReport {
    /// The table's name in the source.
    pub source: String,
    /// The table's name in the target.
    pub target: String,
    /// Whether an earlier run started it.
    pub resumed: bool,
    /// Columns of the source that the target does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns_left_out: Vec<String>,
    #[serde(flatten)]
    pub counts: CopyCounts,
}

/// A row that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, thiserror::Error)]
#[error("{}{message} at key {}", column.as_ref().map(|it| format!("column `{it}`: ")).unwrap_or_default(), describe(key))]
pub struct RowProblem {
    /// The table's name in the source.
    pub table: String,
    /// The columns of its primary key with their values.
    pub key: Vec<(String, String)>,
    /// The column, if it is known.
    pub column: Option<String>,
    /// The id of the reason, or the target's SQLSTATE.
    pub code: String,
    /// The reason as text, without any value.
    pub message: String,
}

fn describe(key: &[(String, String)]) -> String {
    let values: Vec<_> = key.iter().map(|(_, value)| format!("`{value}`")).collect();
    if values.is_empty() { "unknown".to_owned() } else { values.join(", ") }
}

/// An index or constraint that was built.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BuiltDefinition {
    pub table: String,
    pub name: String,
    /// The duration, in seconds.
    pub seconds: f64,
}

/// An index or constraint that could not be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FailedDefinition {
    pub table: String,
    pub name: String,
    /// The target's SQLSTATE.
    pub sqlstate: String,
    /// The target's message, without any value.
    pub message: String,
}
