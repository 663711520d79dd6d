//! What a verification found.

use serde::Serialize;

use super::Sample;
use crate::source::{Consistency, Doubt};

/// What was compared, what differs, and whether that proves both sides equal.
#[derive(Debug, Clone, Serialize)]
pub struct VerifyReport {
    /// The source's server.
    pub source: String,
    /// Where the source's server listens, as the DSN names it.
    pub address: String,
    /// The source's database, and the id by which the workspace knows itself.
    pub workspace: String,
    /// What the user accepted about a dump, which the comparison cannot show.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// The target's server.
    pub target: String,
    /// The target's schema.
    pub schema: String,
    /// The tables that were compared, by name.
    pub tables: Vec<TableReport>,
    /// What was not compared, and why.
    pub not_compared: Vec<NotCompared>,
    /// The first differences, by table and key.
    pub differences: Vec<Difference>,
    /// How many rows differ, named above or not.
    pub difference_count: u64,
    /// How many of the rows were compared, where not all were.
    pub sample: Option<Sample>,
    /// What the claim rests on that all rows of the source come from one snapshot.
    pub consistency: Consistency,
    /// Whether the source changed while it was read.
    pub source_changed: SourceChange,
    /// How long it took.
    pub seconds: f64,
    /// Whether all rows of all migrated tables are proven equal.
    pub proof: bool,
    /// Whether the outcome stands in the target's schema `migration_assist`.
    pub recorded: bool,
}

impl VerifyReport {
    /// How many rows were compared: those of the source.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.source_rows).sum()
    }

    /// Whether nothing that was compared differs, and nothing keeps it from being compared.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.difference_count == 0
            && self.tables.iter().all(|table| !table.unsettled)
            && self.not_compared.iter().all(|it| !it.breaks_proof)
    }
}

/// How a table compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// The source's name of it.
    pub table: String,
    /// Its rows on the source.
    pub source_rows: u64,
    /// Its rows on the target.
    pub target_rows: u64,
    /// Rows that the target does not have.
    pub missing: u64,
    /// Rows that only the target has.
    pub extra: u64,
    /// Rows of the same key with other values.
    pub different: u64,
    /// Values of the source that were compared as the copy is to change them.
    pub altered: u64,
    /// Whether its sums differ and a second look found all rows the same: it changed meanwhile.
    pub unsettled: bool,
}

impl TableReport {
    /// How many rows differ.
    #[must_use]
    pub fn differences(&self) -> u64 {
        self.missing + self.extra + self.different
    }
}

/// How a row differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The target does not have it.
    Missing,
    /// Only the target has it.
    Extra,
    /// Both have it, with other values.
    Different,
}

/// A row that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The source's name of the table.
    pub table: String,
    /// The columns of the key, by the source's names, with the row's values.
    pub key: Vec<(String, String)>,
    /// How it differs.
    pub kind: Kind,
    /// The columns with other values; for a row that one side does not have, those whose value has no
    /// counterpart on PostgreSQL.
    pub columns: Vec<ChangedColumn>,
}

/// A column in which a row differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedColumn {
    /// The source's name of it.
    pub column: String,
    /// Why the source's value has no counterpart, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The value that the target should have, where values are asked for: `NULL`, or its beginning in
    /// quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The value that it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// Something that was left out of the comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotCompared {
    /// The table, by the name of the side that has it.
    pub table: String,
    /// The column, where it is not the whole table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Why.
    pub exception: Exception,
    /// The same in words.
    pub reason: String,
    /// Whether both sides are not proven equal for that.
    pub breaks_proof: bool,
}

/// Why something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exception {
    /// Each side keeps its own.
    Bookkeeping,
    /// It was asked for.
    Excluded,
    /// It belongs to a product that was not asked for.
    NotAskedFor,
    /// Another table of the source has the same name in another case.
    SameName,
    /// Only the source has it.
    SourceOnly,
    /// Only the target has it.
    TargetOnly,
    /// No conversion leads from the one side's types to the other's.
    NotConvertible,
}

/// Whether the source changed while it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceChange {
    /// It did not.
    No,
    /// It did: the comparison is of several moments.
    Yes,
    /// The server does not tell.
    Unknown,
}

impl From<Option<bool>> for SourceChange {
    fn from(has_changed: Option<bool>) -> Self {
        has_changed.map_or(Self::Unknown, |changed| if changed { Self::Yes } else { Self::No })
    }
}
