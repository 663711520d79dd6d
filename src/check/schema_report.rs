//! A report that can be given away: everything about a source but what stands in its cells.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{CheckReport, Finding, InventoryEntry, NotChecked, Size};
use crate::release::MigrationSet;
use crate::schema::{Catalog, Table};

/// The version of its JSON form; it grows when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// What a source is like, without a value of any cell: keys of rows are left out, queries of views too.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SchemaReport {
    /// The version of this form.
    pub version: u32,
    /// What this is, for whoever finds the file.
    pub kind: &'static str,
    /// The version of the tool that wrote it.
    pub written_by: String,
    /// The server's flavour and version.
    pub server: String,
    /// The releases that have exactly these migrations, as ranges; none if no release has.
    pub release: Option<String>,
    /// The numbers in `db_migrations`.
    pub applied_migrations: MigrationSet,
    /// The products found, each with the version of its schema.
    pub products: BTreeMap<String, String>,
    /// What was found, without the keys of rows.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub not_checked: Vec<NotChecked>,
    /// Every table with its rows and bytes.
    pub tables: Vec<InventoryEntry>,
    /// How much is copied.
    pub size: Size,
    /// Every table's columns, indexes and foreign keys.
    pub schema: BTreeMap<String, Table>,
    /// The names of the views.
    pub views: Vec<String>,
}

impl SchemaReport {
    /// What of a report can be given away.
    #[must_use]
    pub fn of(report: &CheckReport, written_by: &str) -> Self {
        let Catalog { tables: schema, views, .. } = report.catalog.clone();
        let without_keys = |finding: &Finding| Finding { keys: Vec::new(), ..finding.clone() };
        Self {
            version: VERSION,
            kind: "schema-report",
            written_by: written_by.to_owned(),
            server: report.server.clone(),
            release: report.release.clone(),
            applied_migrations: report.applied_migrations.clone(),
            products: report.products.clone(),
            findings: report.findings.iter().map(without_keys).collect(),
            not_checked: report.not_checked.clone(),
            tables: report.tables.clone(),
            size: report.size,
            schema,
            views: views.into_keys().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SchemaReport;
    use crate::check::report::testing::report;

    #[test]
    fn no_key_of_a_row_is_told() {
        let report = report();
        assert!(report.findings.iter().any(|finding| !finding.keys.is_empty()));
        let given = serde_json::to_value(SchemaReport::of(&report, "0.1.0")).expect("JSON");
        assert!(given["findings"].as_array().expect("findings").len() == report.findings.len());
        assert!(!given.to_string().contains("\"keys\""));
        assert_eq!(given["kind"], "schema-report");
    }
}
