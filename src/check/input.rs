//! What was read from a source, a server or a dump, and the report about it.

use std::collections::BTreeMap;

use super::rules;
use super::{CheckReport, Finding, InventoryEntry, NotChecked, Size, VERSION};
use crate::mattermost::Product;
use crate::models::Models;
use crate::mysql::Flavour;
use crate::release::release_range;
use crate::schema::Catalog;

/// What was read from a source, before it is compared with the models.
pub(super) struct CheckInput {
    pub(super) flavour: Flavour,
    /// The server's flavour and version.
    pub(super) server: String,
    pub(super) source: Catalog,
    /// The `Version` in `Systems`, in which releases before 6.4 record the version of their schema.
    pub(super) systems_version: Option<String>,
    /// The plugins, each with the version of its schema.
    pub(super) products: BTreeMap<String, String>,
    pub(super) tables: Vec<InventoryEntry>,
    /// The findings about the server and the rows.
    pub(super) findings: Vec<Finding>,
    pub(super) not_checked: Vec<NotChecked>,
}

impl CheckInput {
    /// The report, including the findings about the schema.
    pub(super) fn report(self, models: &Models<'_>) -> CheckReport {
        let Self { server, source, systems_version, mut products, tables, .. } = self;
        let mut findings = self.findings;
        findings.extend(rules::character_sets(&source));
        findings.extend(rules::search_parsers(&source));
        findings.extend(rules::phrase_search(&tables));
        findings.extend(rules::migrations(models, systems_version.as_deref()));
        findings.extend(rules::unknown_versions(models, &tables));
        findings.extend(rules::table_collisions(&source, models, &tables));
        findings.extend(rules::unknown_tables(&tables));
        findings.extend(rules::missing(self.flavour, &source, models));
        findings.extend(rules::database_configuration(&tables));
        findings.sort_by(|a, b| order(a).cmp(&order(b)));
        let applied = models.applied_set();
        let release = release_range(&applied);
        if let Some(release) = &release {
            products.insert(Product::Mattermost.to_string(), release.clone());
        }
        CheckReport {
            version: VERSION,
            server,
            applied_migrations: applied,
            release,
            products,
            findings,
            not_checked: self.not_checked,
            size: Size::of(&tables),
            tables,
            catalog: source,
        }
    }
}

/// Sorts by severity, then by place.
pub(super) fn order(finding: &Finding) -> impl Ord + '_ {
    (finding.severity, &finding.table, &finding.column, finding.id)
}
