//! What, in a source, will not arrive in PostgreSQL as it is.
//!
//! The rules are derived: a column is asked what its type on the source allows and its type on the
//! target does not. All questions about the rows of a table are asked in one pass, and only rows that
//! may be in trouble travel; the exact decision is made here, cell by cell, so that a fix can make the
//! same one. Reading is all that is done to the source, and `SELECT` all that it takes.
//!
//! A dump is held against the same rules: there every row travels, and the same decisions are made.

mod correction;
pub mod dump;
mod finding;
mod input;
mod inventory;
pub(crate) mod known;
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
mod schema_report;
mod size;
mod summary;
mod text;
pub mod time_zones;

use std::collections::BTreeSet;

use crate::models::Models;
use crate::mysql::{self, Connection, Error, Flavour};
use crate::progress::Progress;
use crate::schema::Catalog;
use input::{CheckInput, order};
use scan::{Scan, Scanned};

pub use correction::Replacement;
pub use finding::{Choice, Finding, Key, Severity};
pub use inventory::{Disposition, InventoryEntry};
pub use known::{LEFTOVER_COLUMNS, NAMES};
pub use pair::{ColumnPair, JsonStorage};
pub use probe::{Condition, Evidence, Probe, ProbeResult, RowRule, Verdict};
pub use report::{CheckReport, NotChecked, VERSION};
pub use rule::{Class, Rule};
pub use rule_table::{RULES, RuleInfo};
pub use rules::{ROW_RULES, time_zones as time_zone_findings};
pub use scan::ROWS_CHECKED;
pub use schema_report::SchemaReport;
pub use size::Size;
pub use summary::Summary;

/// How to check.
#[derive(Debug, Clone, Copy)]
pub struct CheckOptions {
    /// How many keys of a finding's rows are kept.
    pub keys: usize,
    /// The privileges that are needed for what is asked, as `SELECT`.
    pub privileges: &'static [&'static str],
    /// How many bytes of a dump's rows may be remembered by rules that compare rows.
    pub memory: usize,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { keys: 10, privileges: &["SELECT"], memory: 128 << 20 }
    }
}

/// Checks the source that the connections, at least one, are open to, and whose catalog this is. Each
/// works on one piece of the rows at a time.
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
    findings.extend(rules::sessions(first, &ours).await?);
    findings.extend(rules::recent_writes(first, &source).await?);
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
        not_checked: Vec::new(),
    };
    Ok(gathered.report(models))
}

/// The kinds of rules about values that may not arrive.
const ABOUT_VALUES: [Class; 5] =
    [Class::Unicode, Class::Json, Class::Varchar, Class::Nulls, Class::Values];

/// What the copy would stop at in the rows of these tables, named as the source spells them: one pass
/// over the rows, and no other question to the server than what that takes.
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
    let mut findings = rules::orphans(first, source, models, options).await?;
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

/// Whether a copy of these tables would stop at it.
fn stops_copy(finding: &Finding, tables: &BTreeSet<String>) -> bool {
    let is_about_rows =
        finding.id == Rule::ForeignKey || ABOUT_VALUES.contains(&finding.id.class());
    let here = finding.table.as_ref().is_some_and(|table| tables.contains(table));
    here && is_about_rows && finding.severity == Severity::Blocks
}

/// Every probe that the live source calls for.
#[must_use]
pub fn probes(flavour: Flavour, source: &Catalog, models: &Models<'_>) -> Vec<Probe> {
    pairs(flavour, source, models).flat_map(Probe::of_column).collect()
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
