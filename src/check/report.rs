//! The outcome of a check.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::input::order;
use super::{Finding, InventoryEntry, Rule, Severity, Size};
use crate::release::MigrationSet;
use crate::schema::Catalog;

/// The version of the report's JSON form.
pub const VERSION: u32 = 1;

/// The findings about a source.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckReport {
    /// The version of this form; raised when a field changes its meaning or is removed.
    #[serde(rename = "check_version")]
    pub version: u32,
    /// The server's flavour and version.
    pub server: String,
    /// The numbers in `db_migrations`.
    pub applied_migrations: MigrationSet,
    /// The releases that have exactly these migrations, as ranges; `None` if no release has.
    pub release: Option<String>,
    /// The products found, each with the version of its schema.
    pub products: BTreeMap<String, String>,
    /// The findings, by severity, then by place.
    pub findings: Vec<Finding>,
    pub tables: Vec<InventoryEntry>,
    /// The size of the copy.
    pub size: Size,
    /// What could not be checked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_checked: Vec<NotChecked>,
    /// The source's own schema.
    #[serde(skip)]
    pub catalog: Catalog,
}

/// Rules that could not be applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotChecked {
    pub rules: Vec<Rule>,
    /// The table to which they were not applied; `None` for the whole source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The reason, in one sentence without a full stop.
    pub reason: String,
}

impl NotChecked {
    /// Rules that could not be applied anywhere, and the reason.
    #[must_use]
    pub fn new(rules: &[Rule], reason: impl Into<String>) -> Self {
        Self { rules: rules.to_vec(), table: None, reason: reason.into() }
    }

    /// Sets the table.
    #[must_use]
    pub fn at(mut self, table: &str) -> Self {
        self.table = Some(table.to_owned());
        self
    }
}

impl CheckReport {
    /// Adds findings in order.
    pub fn add(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
        self.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    }

    /// The number of findings of that severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// The number of findings of each severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Findings that stop the copy.
    pub blocking: usize,
    /// Those of them that a repair clears without a decision.
    pub repaired: usize,
    /// Findings that change values.
    pub changing: usize,
    /// Findings for information.
    pub notes: usize,
    /// Findings that matter to a live migration alone.
    pub live_only: usize,
}

impl Summary {
    #[must_use]
    pub fn of(report: &CheckReport) -> Self {
        let blocking = || report.findings.iter().filter(|it| it.severity == Severity::Blocks);
        let live_only = report.findings.iter().filter(|it| it.is_live_only()).count();
        Self {
            blocking: blocking().count(),
            repaired: blocking().filter(|it| it.fix.is_some()).count(),
            changing: report.count(Severity::Changes),
            notes: report.count(Severity::Note) - live_only,
            live_only,
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::{CheckReport, VERSION};
    use crate::check::{Disposition, Finding, InventoryEntry, Rule, Severity, Size};
    use crate::mattermost::Product;
    use crate::schema::Catalog;

    /// A report with a finding of each severity.
    pub(crate) fn report() -> CheckReport {
        let mut long = Finding::new(Rule::TooLong, Severity::Blocks, "2 values are too long")
            .at("Posts", Some("Hashtags"))
            .count(5)
            .action("the copy stops at the row")
            .fix("migration-assist mysql --fix-varchar")
            .detail("limit", 1000);
        long.keys = ["a", "b", "c", "d"].map(|id| vec![id.to_owned()]).to_vec();
        let mut nul = Finding::new(Rule::NulByte, Severity::Changes, "1 value holds NUL bytes")
            .at("Preferences", Some("Value"))
            .action("the copy takes the NUL bytes out");
        nul.keys = vec![vec!["u".to_owned(), "c".to_owned()]];
        let note = Finding::new(Rule::LoginPlugin, Severity::Note, "the account logs in by `x`");
        let tables = vec![InventoryEntry {
            table: "Posts".to_owned(),
            product: Some(Product::Mattermost),
            disposition: Disposition::Copied,
            reason: None,
            rows: 1_000_000,
            counted: false,
            bytes: 300 << 20,
        }];
        CheckReport {
            version: VERSION,
            server: "MariaDB 10.11.6".to_owned(),
            applied_migrations: "1-109,111-141".parse().expect("a set"),
            release: Some("10.11.5".to_owned()),
            products: [("boards".to_owned(), "40".to_owned())].into(),
            findings: vec![long, nul, note],
            size: Size::of(&tables),
            tables,
            not_checked: Vec::new(),
            catalog: Catalog::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::report;

    #[test]
    fn the_form_is_version_1() {
        let mut report = report();
        report.applied_migrations = "1-2".parse().expect("a set");
        report.findings[0].keys.truncate(1);
        insta::assert_json_snapshot!(report, @r#"
        {
          "check_version": 1,
          "server": "MariaDB 10.11.6",
          "applied_migrations": [
            1,
            2
          ],
          "release": "10.11.5",
          "products": {
            "boards": "40"
          },
          "findings": [
            {
              "id": "too-long",
              "severity": "blocks",
              "table": "Posts",
              "column": "Hashtags",
              "count": 5,
              "keys": [
                [
                  "a"
                ]
              ],
              "message": "2 values are too long",
              "action": "the copy stops at the row",
              "repairable": "yes",
              "fix": "migration-assist mysql --fix-varchar",
              "details": {
                "limit": 1000
              }
            },
            {
              "id": "nul-byte",
              "severity": "changes",
              "table": "Preferences",
              "column": "Value",
              "count": 1,
              "keys": [
                [
                  "u",
                  "c"
                ]
              ],
              "message": "1 value holds NUL bytes",
              "action": "the copy takes the NUL bytes out",
              "repairable": "no"
            },
            {
              "id": "login-plugin",
              "severity": "note",
              "count": 1,
              "message": "the account logs in by `x`",
              "action": "",
              "repairable": "no"
            }
          ],
          "tables": [
            {
              "table": "Posts",
              "product": "mattermost",
              "fate": "copied",
              "rows": 1000000,
              "counted": false,
              "bytes": 314572800
            }
          ],
          "size": {
            "rows": 1000000,
            "bytes": 314572800,
            "copy_seconds": 11,
            "target_bytes": 817145600
          }
        }
        "#);
    }
}
