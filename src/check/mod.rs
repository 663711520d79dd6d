//! Checks: rules that read a source and report what would not arrive unchanged in PostgreSQL.
//!
//! The rules are derived from the two schemas: a column is probed for values that its type on the source
//! allows and its type on the target does not. One pass over a table evaluates all its probes. The server
//! sends only rows that may have a problem; the exact decision is made here, cell by cell, so that a
//! repair makes the same one. The checks only read, and `SELECT` is the only privilege they need.
//!
//! A dump is checked by the same rules, with the same decisions on every row.

mod choice;
mod correction;
pub mod dump;
mod finding;
mod input;
mod inventory;
mod next_steps;
pub(crate) mod obstacles;
mod pair;
pub mod policy;
mod probe;
mod products;
mod report;
mod rule;
mod rule_table;
mod rules;
mod scan;
mod size;
pub mod time_zones;

use std::collections::BTreeSet;

use crate::models::Models;
use crate::mysql::{self, Connection, Error, Flavour};
use crate::progress::Progress;
use crate::schema::Catalog;
use input::{CheckInput, order};
use scan::{Scan, Scanned};

pub use choice::{Choice, ChoiceCommand};
pub use correction::Replacement;
pub use finding::{Finding, Key, Repairable, Severity};
pub use inventory::{Disposition, InventoryEntry};
pub use next_steps::{Step, next_steps};
pub use pair::{ColumnPair, JsonStorage};
pub use probe::{Condition, Evidence, Probe, ProbeResult, RowRule, Verdict};
#[cfg(test)]
pub(crate) use report::testing;
pub use report::{CheckReport, NotChecked, Summary, VERSION};
pub use rule::{Class, Rule};
pub use rule_table::{RULES, RuleInfo};
pub(crate) use rules::describe_unknown_version;
pub use rules::{ROW_RULES, time_zones as time_zone_findings};
pub use scan::ROWS_CHECKED;
pub use size::Size;

#[derive(Debug, Clone, Copy)]
pub struct CheckOptions {
    /// The most keys that a finding keeps.
    pub keys: usize,
    /// The privileges that the command needs, such as `SELECT`.
    pub privileges: &'static [&'static str],
    /// Memory in bytes for rules that compare the rows of a dump.
    pub memory: usize,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { keys: 10, privileges: &["SELECT"], memory: 128 << 20 }
    }
}

/// Checks the source of the connections, of which there is at least one; `source` is its catalog. Each
/// connection reads one part of the rows at a time.
pub async fn check(
    connections: &mut [Connection],
    source: Catalog,
    models: &Models<'_>,
    options: CheckOptions,
    progress: &dyn Progress,
) -> Result<CheckReport, Error> {
    let ours: Vec<u32> = connections.iter().map(Connection::id).collect();
    let (first, _) = connections.split_first_mut().expect("a check has a session");
    let server = first.server().clone();
    let sizes = mysql::table_sizes(first).await?;
    let systems_version = products::systems_version(first, &source).await?;
    let mut findings = Vec::from_iter(rules::server_version(&server));
    findings.extend(rules::privileges(first, options.privileges).await?);
    findings.extend(rules::login_plugin(first).await?);
    let (in_use, unseen_sessions) = rules::sessions(first, &ours).await?;
    findings.extend(in_use);
    findings.extend(rules::recent_writes(first, &source).await?);
    findings.extend(rules::live_migration(first).await?);
    findings.extend(rules::unknown_columns(first, &source, models).await?);
    findings.extend(rules::orphans(first, &source, models, options).await?);
    let products = products::versions(first, &source).await?;
    let scan = Scan {
        source: &source,
        sizes: &sizes,
        probes: probes(server.flavour, &source, models),
        counted: inventory::counted(&source, models, &sizes),
        keys: options.keys,
    };
    let Scanned { findings: mut found, counts } = scan.run(connections, progress).await?;
    let tables = inventory::take(&source, models, &sizes, &counts);
    let (first, _) = connections.split_first_mut().expect("a check has a session");
    rules::count_lookups(first, &source, &mut found).await?;
    findings.extend(rules::name_collision(first, &source, &found, options).await?);
    findings.extend(found);
    let gathered = CheckInput {
        flavour: server.flavour,
        server: server.to_string(),
        source,
        systems_version,
        products,
        tables,
        findings,
        not_checked: Vec::from_iter(unseen_sessions),
    };
    Ok(gathered.report(models))
}

/// The classes of rules about values.
const ABOUT_VALUES: [Class; 5] =
    [Class::Unicode, Class::Json, Class::Varchar, Class::Nulls, Class::Values];

/// Finds what would stop a copy of these tables, named as the source spells them, in one pass over their
/// rows.
pub async fn check_rows(
    connections: &mut [Connection],
    source: &Catalog,
    models: &Models<'_>,
    tables: &BTreeSet<String>,
    options: CheckOptions,
    progress: &dyn Progress,
) -> Result<Vec<Finding>, Error> {
    let (first, _) = connections.split_first_mut().expect("a check has a session");
    let flavour = first.server().flavour;
    let sizes = mysql::table_sizes(first).await?;
    let mut findings = check_references(first, source, models, tables, options).await?;
    let pairs = pairs(flavour, source, models).filter(|pair| tables.contains(&pair.table));
    let scan = Scan {
        source,
        sizes: &sizes,
        probes: pairs.flat_map(Probe::obstacles).collect(),
        counted: Vec::new(),
        keys: options.keys,
    };
    findings.extend(scan.run(connections, progress).await?.findings);
    findings.retain(|finding| stops_copy(finding, tables));
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(findings)
}

/// Finds the rows of these tables that refer to a missing row. Unlike a value that does not fit, a copy would find
/// them only when all rows are there.
pub async fn check_references(
    connection: &mut Connection,
    source: &Catalog,
    models: &Models<'_>,
    tables: &BTreeSet<String>,
    options: CheckOptions,
) -> Result<Vec<Finding>, Error> {
    let mut findings = rules::orphans(connection, source, models, options).await?;
    findings.retain(|finding| stops_copy(finding, tables));
    Ok(findings)
}

/// Whether the finding would stop a copy of these tables.
fn stops_copy(finding: &Finding, tables: &BTreeSet<String>) -> bool {
    let is_about_rows =
        finding.id == Rule::ForeignKey || ABOUT_VALUES.contains(&finding.id.class());
    let here = finding.table.as_ref().is_some_and(|table| tables.contains(table));
    here && is_about_rows && finding.severity == Severity::Blocks
}

/// Every probe for the live source.
#[must_use]
pub fn probes(flavour: Flavour, source: &Catalog, models: &Models<'_>) -> Vec<Probe> {
    pairs(flavour, source, models).flat_map(Probe::of_column).collect()
}

/// Every probe that finds rows without a parent.
#[must_use]
pub fn orphan_probes(flavour: Flavour, source: &Catalog, models: &Models<'_>) -> Vec<Probe> {
    let pairs: Vec<ColumnPair> = pairs(flavour, source, models).collect();
    rules::orphan_probes(source, models, &pairs)
}

/// Every column of the live source that has a counterpart.
fn pairs(
    flavour: Flavour,
    source: &Catalog,
    models: &Models<'_>,
) -> impl Iterator<Item = ColumnPair> {
    let tables = source.tables.values().filter_map(move |table| {
        let counterpart = models.counterpart(&table.name)?;
        Some(ColumnPair::of_table(flavour, table, counterpart.target, counterpart.catalog))
    });
    tables.flatten()
}
