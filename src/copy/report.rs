//! What a copy did.

use serde::Serialize;

use super::{Consistency, CopyCounts};
use crate::source::Doubt;

/// What a copy did, earlier runs that it went on from included.
#[derive(Debug, Clone, Serialize)]
pub struct CopyReport {
    /// The tables, largest first.
    pub tables: Vec<TableReport>,
    /// Tables that this run made on the target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub created: Vec<String>,
    /// The sum over all tables.
    pub total: CopyCounts,
    /// Rows that were set aside in this run.
    pub quarantined: Vec<RowProblem>,
    /// Indexes and constraints that were built in this run.
    pub built: Vec<BuiltDefinition>,
    /// Indexes and constraints that could not be built; the ledger keeps them, and the next run tries
    /// again.
    pub not_built: Vec<FailedDefinition>,
    /// Full-text indexes that `post-migrate` is to build.
    pub left_to_post_migrate: Vec<String>,
    /// Tables of the source that the target does not have.
    pub left_out: Vec<String>,
    /// What the user accepted about a dump.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// What the claim rests on that all rows of this run come from one snapshot.
    pub consistency: Consistency,
    /// Whether the source has changed since the snapshot; `None` if that cannot be determined.
    pub source_changed: Option<bool>,
    /// Why the source could not be asked whether it has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_check_error: Option<String>,
    /// Whether the source has changed between the first run and this one; `None` for a single run,
    /// and if that cannot be determined.
    pub source_changed_between_runs: Option<bool>,
    /// How long this run took, in seconds.
    pub seconds: f64,
}

impl CopyReport {
    /// Whether this run went on from an earlier one.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.tables.iter().any(|table| table.resumed)
    }

    /// Whether every row has arrived and everything is in place that this was to build.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.total.rows_quarantined == 0 && self.not_built.is_empty()
    }
}

/// What happened to one table.
#[derive(Debug, Clone, Serialize)]
pub struct TableReport {
    /// The source's name of it.
    pub source: String,
    /// The target's name of it.
    pub target: String,
    /// Whether an earlier run had begun with it.
    pub resumed: bool,
    /// Columns of the source that the target does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns_left_out: Vec<String>,
    /// Its rows.
    #[serde(flatten)]
    pub counts: CopyCounts,
}

/// A row that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}{message} at key {}", column.as_ref().map(|it| format!("column `{it}`: ")).unwrap_or_default(), describe(key))]
pub struct RowProblem {
    /// The source's name of the table.
    pub table: String,
    /// The columns of its primary key and their values.
    pub key: Vec<(String, String)>,
    /// The column, where it is known.
    pub column: Option<String>,
    /// The id of the reason, or the target's SQLSTATE.
    pub code: String,
    /// The same in words, without any value.
    pub message: String,
}

fn describe(key: &[(String, String)]) -> String {
    let values: Vec<_> = key.iter().map(|(_, value)| format!("`{value}`")).collect();
    if values.is_empty() { "unknown".to_owned() } else { values.join(", ") }
}

/// An index or constraint that was built.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BuiltDefinition {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// An index or constraint that could not be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedDefinition {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// The target's SQLSTATE.
    pub sqlstate: String,
    /// Its message, without any value.
    pub message: String,
}
