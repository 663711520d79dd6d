//! The outcome of a verification.

use schemars::JsonSchema;
use serde::Serialize;

use super::Sample;
use crate::source::{Consistency, Doubt};
use crate::source_identity::SourceIdentity;

/// The outcome: what was compared, what differs, and whether it is a proof.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerifyReport {
    /// The source's server.
    pub source: String,
    /// The identity of the source.
    pub identity: SourceIdentity,
    /// The defects of a dump that the user accepted, which the comparison cannot show.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// The target's server.
    pub target: String,
    /// The target's schema.
    pub schema: String,
    /// The tables that were compared, by name.
    pub tables: Vec<TableReport>,
    /// What was not compared, with the reason.
    pub not_compared: Vec<NotCompared>,
    /// The first differences, by table and key.
    pub differences: Vec<Difference>,
    /// The number of rows that differ, listed or not.
    pub difference_count: u64,
    /// The sample, if not all rows were compared.
    pub sample: Option<Sample>,
    /// The evidence that all rows of the source come from one snapshot.
    pub consistency: Consistency,
    /// The position of the source's log at which both sides were compared, if the source is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// Whether the source changed while it was read.
    pub source_changed: SourceChange,
    /// The duration, in seconds.
    pub seconds: f64,
    /// Whether all rows of all migrated tables are proven equal.
    pub proof: bool,
    /// Whether the outcome is recorded in the ledger.
    pub recorded: bool,
}

impl VerifyReport {
    /// The number of compared rows: those of the source.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.source_rows).sum()
    }

    /// How many rows of the source decisions leave out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.tables.iter().map(|table| table.left_out).sum()
    }

    /// Whether no compared row differs, and everything could be compared.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.difference_count == 0
            && self.tables.iter().all(|table| !table.unsettled)
            && self.not_compared.iter().all(|it| !it.breaks_proof)
    }
}

/// The outcome for one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TableReport {
    /// The table's name in the source.
    pub table: String,
    /// The rows of the source.
    pub source_rows: u64,
    /// The rows of the target.
    pub target_rows: u64,
    /// Rows that the target does not have.
    pub missing: u64,
    /// Rows that only the target has.
    pub extra: u64,
    /// Rows with the same key and other values.
    pub different: u64,
    /// Values of the source that were compared in converted form.
    pub altered: u64,
    /// Rows of the source that decisions leave out.
    pub left_out: u64,
    /// Whether its sums differ, although a second pass found all rows equal: it changed meanwhile.
    pub unsettled: bool,
}

impl TableReport {
    /// The number of rows that differ.
    #[must_use]
    pub fn differences(&self) -> u64 {
        self.missing + self.extra + self.different
    }
}

/// How a row differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The target does not have it.
    Missing,
    /// Only the target has it.
    Extra,
    /// Both sides have it, with different values.
    Different,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// The table's name in the source.
    pub table: String,
    /// The columns of the key, by the source's names, with their values.
    pub key: Vec<(String, String)>,
    pub kind: Kind,
    /// The columns with different values; for a row on one side only, those whose value has no counterpart on
    /// PostgreSQL.
    pub columns: Vec<ChangedColumn>,
}

/// A column in which a row differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangedColumn {
    /// The column's name in the source.
    pub column: String,
    /// Why the source's value has no counterpart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The expected value, if values are shown: `NULL`, or its start in quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The value found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// Something that was not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotCompared {
    /// The table, by its name on the side that has it.
    pub table: String,
    /// The column, unless it is the whole table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub exception: Exception,
    /// The reason as text.
    pub reason: String,
    /// Whether the outcome is no proof because of it.
    pub breaks_proof: bool,
}

/// Why something was not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exception {
    /// Each side has its own.
    Bookkeeping,
    /// The user excluded it.
    Excluded,
    /// It belongs to an excluded product, or is left behind by name.
    NotAskedFor,
    /// It has no key: it is copied and compared once writes are stopped.
    Postponed,
    /// Another table of the source has the same name in another letter case.
    SameName,
    /// Only the source has it.
    SourceOnly,
    /// Only the target has it.
    TargetOnly,
    /// There is no conversion between the types.
    NotConvertible,
}

/// Whether the source changed while it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceChange {
    /// It did not change.
    No,
    /// It changed: the comparison is not of one snapshot.
    Yes,
    /// The server cannot determine it.
    Unknown,
    /// It is followed: what changed later is applied to the target later.
    Followed,
}

impl From<Option<bool>> for SourceChange {
    fn from(has_changed: Option<bool>) -> Self {
        has_changed.map_or(Self::Unknown, |changed| if changed { Self::Yes } else { Self::No })
    }
}
