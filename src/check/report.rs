//! Everything that a check found, as a value.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Finding, InventoryEntry, Severity};
use crate::release::MigrationSet;

/// The version of the report's JSON form.
pub const VERSION: u32 = 1;

/// What the checks of a source found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckReport {
    /// The version of this form; it grows when a field changes its meaning or goes.
    pub version: u32,
    /// The server's flavour and version.
    pub server: String,
    /// The numbers in `db_migrations`.
    pub applied_migrations: MigrationSet,
    /// The release that has exactly these, where there is one.
    pub release: Option<String>,
    /// The products found, each with the version of its schema.
    pub products: BTreeMap<String, String>,
    /// What was found, by severity, then by place.
    pub findings: Vec<Finding>,
    /// Every table.
    pub tables: Vec<InventoryEntry>,
}

impl CheckReport {
    /// How many findings have that severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
