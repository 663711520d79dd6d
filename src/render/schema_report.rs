//! A report that can be passed on: everything about a source except the values of its cells.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::{CheckReport, Finding, InventoryEntry, NotChecked, Size, Summary};
use crate::release::MigrationSet;
use crate::schema::{Catalog, Table};
use crate::transcript::Line;

/// The version of its JSON form; raised when a field changes its meaning or is removed.
const VERSION: u32 = 1;

/// A description of a source without any cell value; keys of rows and queries of views are left out too.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SchemaReport {
    pub version: u32,
    /// The kind of report, for readers of the file.
    pub kind: &'static str,
    /// The version of the tool that wrote it.
    pub written_by: String,
    /// The server's flavour and version.
    pub server: String,
    /// The releases that have exactly these migrations, as ranges; `None` if no release has.
    pub release: Option<String>,
    /// The numbers in `db_migrations`.
    pub applied_migrations: MigrationSet,
    /// The products found, each with the version of its schema.
    pub products: BTreeMap<String, String>,
    /// The findings, without the keys of rows.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub not_checked: Vec<NotChecked>,
    /// The tables with their rows and bytes.
    pub tables: Vec<InventoryEntry>,
    /// The size of the copy.
    pub size: Size,
    /// The columns, indexes and foreign keys of each table.
    pub schema: BTreeMap<String, Table>,
    /// The names of the views.
    pub views: Vec<String>,
    /// The findings as the command prints them, without the keys of rows.
    pub transcript: Vec<Line>,
}

impl SchemaReport {
    /// The parts of a report that can be passed on.
    #[must_use]
    pub fn of(report: &CheckReport, written_by: &str) -> Self {
        let Catalog { tables: schema, views, .. } = report.catalog.clone();
        // The statement of a finding about rows names a key.
        let without_keys = |finding: &Finding| Finding {
            keys: Vec::new(),
            statement: finding.statement.clone().filter(|_| finding.keys.is_empty()),
            ..finding.clone()
        };
        let findings: Vec<Finding> = report.findings.iter().map(without_keys).collect();
        let shown = CheckReport { findings: findings.clone(), ..report.clone() };
        let mut transcript = shown.lines();
        transcript.extend(Summary::of(&shown).line(&shown));
        Self {
            version: VERSION,
            kind: "schema-report",
            written_by: written_by.to_owned(),
            server: report.server.clone(),
            release: report.release.clone(),
            applied_migrations: report.applied_migrations.clone(),
            products: report.products.clone(),
            findings,
            transcript,
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
    use crate::check::testing::report;

    #[test]
    fn no_key_of_a_row_is_shown() {
        let mut report = report();
        report.findings[0].statement =
            Some("DELETE FROM `Posts` WHERE Id = 'a-key-of-a-row';".to_owned());
        assert!(report.findings.iter().any(|finding| !finding.keys.is_empty()));
        let given = serde_json::to_value(SchemaReport::of(&report, "0.1.0")).expect("JSON");
        assert!(given["findings"].as_array().expect("findings").len() == report.findings.len());
        let text = given.to_string();
        assert!(!text.contains("\"keys\"") && !text.contains("a-key-of-a-row"), "{text}");
        assert_eq!(given["kind"], "schema-report");
    }
}
