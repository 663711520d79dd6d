//! One database of a dump, after the dump was read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::survey::DatabaseState;
use super::watch::TableProbe;
use crate::check::input::CheckInput;
use crate::check::inventory::{self, Contents};
use crate::check::products::by_name;
use crate::check::rules::{add_lookups, column_finding, columns_left_behind, server_version};
use crate::check::time_zones::{ColumnDecision, Stated, TimeZoneOptions, decide};
use crate::check::{
    CheckOptions, CheckReport, Finding, NotChecked, ROW_RULES, Rule, probes, stops_copy,
};
use crate::dump::{Ending, Gaps, Header, Part, Reader, Unreadable};
use crate::mattermost::{MIGRATIONS, Product, SYSTEMS};
use crate::models::Models;
use crate::mysql::{Flavour, Server};
use crate::schema::{Catalog, Kind, Table};
use crate::source::{self, Accepted, Dump, DumpSummary};

/// The zone in which a dump writes the `timestamp` columns of a table; `None` if it is UTC, in which a
/// server delivers them too.
fn stated_zone(gaps: Option<&Gaps>) -> Option<Stated> {
    let zones = gaps.filter(|gaps| !gaps.is_utc()).map(|gaps| &gaps.time_zones)?;
    let single = zones.first().cloned().flatten().filter(|_| zones.len() == 1);
    Some(match single.and_then(|name| name.parse().ok()) {
        Some(zone) => Stated::Zone(zone),
        None => Stated::Unclear,
    })
}

/// Rules that need a server.
const OF_A_SERVER: [Rule; 4] =
    [Rule::Privileges, Rule::LoginPlugin, Rule::InUse, Rule::LiveMigration];

/// A database of a dump.
#[derive(Debug)]
pub struct DumpedSource {
    /// The name; empty if the dump does not contain it.
    pub name: String,
    pub(super) server: Option<Server>,
    pub(super) flavour: Flavour,
    pub(super) catalog: Catalog,
    pub(super) unreadable: Vec<Unreadable>,
    pub(super) tables: HashMap<String, TableProbe>,
    pub(super) seen: DatabaseState,
    /// What the dump states about itself.
    pub(super) header: Header,
    /// The defects of the dump that the user accepted.
    pub(super) accepted: Accepted,
    pub(super) ending: Ending,
}

impl DumpedSource {
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The server that the dump was made from, as far as the dump names it.
    #[must_use]
    pub fn server(&self) -> String {
        self.server.as_ref().map_or_else(|| self.flavour.to_string(), ToString::to_string)
    }

    /// The server that the dump was made from; version 0 if the dump does not name it.
    #[must_use]
    pub fn database_server(&self) -> Server {
        let (flavour, version) = (self.flavour, (0, 0, 0));
        self.server.clone().unwrap_or(Server { flavour, version, printed: String::new() })
    }

    /// The flavour of the server that the dump was made from.
    #[must_use]
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// The rows of `db_migrations`, number and name; `None` if the table is missing.
    #[must_use]
    pub fn applied(&self) -> Option<Vec<(u32, String)>> {
        self.seen.facts.applied.clone()
    }

    /// The version of every product whose version table exists.
    #[must_use]
    pub fn product_versions(&self) -> BTreeMap<Product, String> {
        self.seen.facts.versions()
    }

    /// The tables that have rows.
    #[must_use]
    pub fn tables_with_rows(&self) -> BTreeSet<String> {
        let tables = self.tables.iter().filter(|(_, watch)| watch.rows > 0);
        tables.map(|(name, _)| name.clone()).collect()
    }

    /// Whether there are any rows; a dump may contain definitions only.
    #[must_use]
    pub fn has_rows(&self) -> bool {
        self.tables.values().any(|watch| watch.rows > 0)
    }

    /// Whether the dump is complete.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.ending == Ending::Complete && !self.header.parts.iter().any(Part::is_cut)
    }

    /// Sets the defects that the user accepted.
    #[must_use]
    pub fn accepting(self, accepted: Accepted) -> Self {
        Self { accepted, ..self }
    }

    /// Whether this is a Mattermost database.
    #[must_use]
    pub fn is_mattermost(&self) -> bool {
        [MIGRATIONS, SYSTEMS].iter().any(|name| self.catalog.table(name).is_some())
    }

    /// The dump as a source of rows; refused if rows are missing.
    pub fn loadable(&self, reader: &Reader) -> Result<Dump, source::Error> {
        let applied = self.applied();
        let summary = DumpSummary {
            database: self.name.clone(),
            catalog: self.catalog.clone(),
            server: self.server(),
            applied: applied.map(|rows| rows.into_iter().map(|(number, _)| number).collect()),
            diagnostic_id: self.seen.facts.diagnostic_id.clone(),
            doubts: self.doubts(),
        };
        Dump::new(reader, summary, self.accepted)
    }

    /// Decides about the local times of the tables in `wanted`. `gaps` contains the `TIME_ZONE` in which the
    /// dump writes points in time.
    #[must_use]
    pub fn time_zones(
        &self,
        gaps: &BTreeMap<String, Gaps>,
        is_wanted: &dyn Fn(&Table) -> bool,
        options: &TimeZoneOptions,
    ) -> Vec<ColumnDecision> {
        let mut evidence = Vec::new();
        for table in self.catalog.tables.values().filter(|table| is_wanted(table)) {
            let gaps = gaps.get(&table.name);
            let columns =
                self.tables.get(&table.name).into_iter().flat_map(|it| it.times.columns());
            for column in columns {
                let of_table = table.column(&column.column).map(|it| it.data_type.kind());
                let stated = match of_table {
                    Some(Kind::Timestamp { time_zone: true }) => stated_zone(gaps),
                    _ => Some(Stated::Nothing),
                };
                evidence.extend(stated.map(|stated| column.clone().stated(stated)));
            }
        }
        evidence.sort_by(|a, b| (&a.table, &a.column).cmp(&(&b.table, &b.column)));
        decide(&evidence, &[], options)
    }

    /// Finds what would stop a copy of these tables.
    #[must_use]
    pub fn row_obstacles(
        self,
        models: &Models<'_>,
        tables: &BTreeSet<String>,
        options: CheckOptions,
    ) -> Vec<Finding> {
        let mut findings = self.report(models, options).findings;
        findings.retain(|finding| stops_copy(finding, tables));
        findings
    }

    /// The report about this database.
    #[must_use]
    pub fn report(self, models: &Models<'_>, options: CheckOptions) -> CheckReport {
        let (is_whole, server) = (self.is_whole(), self.server());
        let mut not_checked = self.blind_spots();
        let mut findings: Vec<Finding> =
            self.server.as_ref().and_then(server_version).into_iter().collect();
        findings.extend(self.dump_findings());
        findings.extend(self.empty_migrations());
        for (table, column) in columns_left_behind(&self.catalog, models) {
            let held = self.tables.get(&table.name).map(|watch| watch.held(&column.name));
            findings.push(column_finding(&table.name, column, held.unwrap_or_default(), models));
        }
        let mut found = self.row_findings(models, &mut not_checked);
        for (detail, count) in &self.seen.facts.lookups {
            add_lookups(&mut found, detail, *count);
        }
        let tables = self.catalog.tables.keys().map(|name| {
            let contents = self.tables.get(name).map(|watch| Contents {
                rows: watch.rows,
                counted: true,
                bytes: watch.bytes,
            });
            inventory::entry(name, models, contents.unwrap_or_default())
        });
        let tables = tables.collect();
        let unreadable = self.unreadable;
        let facts = self.seen.facts;
        let (collisions, unseen) = self.seen.names.findings(&self.catalog, &found, options);
        findings.extend(collisions);
        not_checked.extend(unseen);
        let (orphans, unseen) = self.seen.relations.findings(&self.catalog, models, options.keys);
        findings.extend(orphans);
        not_checked.extend(unseen);
        findings.extend(found);
        let mut report = CheckInput {
            flavour: self.flavour,
            server,
            source: self.catalog,
            products: by_name(facts.versions()),
            systems_version: facts.systems_version,
            tables,
            findings,
            not_checked,
        }
        .report(models);
        let is_unreadable =
            |table: Option<&String>| unreadable.iter().any(|it| Some(&it.table) == table);
        report.findings.retain(|finding| {
            // A table whose definition cannot be read is not missing.
            finding.id == Rule::UnreadableDefinition || !is_unreadable(finding.table.as_ref())
        });
        if !is_whole {
            // A table after the end of a truncated file is not missing from the database.
            report.findings.retain(|finding| finding.id != Rule::MissingTable);
        }
        report
    }

    /// The findings of the probes for these models. Columns without a probed form are added to `not_checked`.
    fn row_findings(&self, models: &Models<'_>, not_checked: &mut Vec<NotChecked>) -> Vec<Finding> {
        let mut found = Vec::new();
        for probe in probes(self.flavour, &self.catalog, models) {
            let Some(watch) = self.tables.get(&probe.pair.table) else { continue };
            match watch.result(&probe) {
                Some(result) if result.count > 0 => {
                    found.push(probe.finding(&result, self.catalog.tables.get(&probe.pair.table)));
                }
                Some(_) => {}
                None => {
                    let column = &probe.pair.column;
                    let reason = format!(
                        "the target's type of column `{column}` was not known while the dump was read"
                    );
                    let missed = NotChecked::new(&[probe.rule.rule()], reason);
                    not_checked.push(missed.at(&probe.pair.table));
                }
            }
        }
        found
    }

    /// The rules that cannot be applied to a dump, or to this one.
    fn blind_spots(&self) -> Vec<NotChecked> {
        let mut spots = vec![NotChecked::new(&OF_A_SERVER, "only a server can answer")];
        if self.server.is_none() {
            let reason = "the dump does not name its server";
            spots.push(NotChecked::new(&[Rule::ServerVersion], reason));
        }
        let of_rows: Vec<Rule> = ROW_RULES
            .iter()
            .map(|rule| rule.rule())
            .chain([Rule::ForeignKey, Rule::NameCollision])
            .collect();
        if !self.is_whole() {
            spots.push(NotChecked::new(&[Rule::MissingTable], "the dump ends too early"));
        }
        if !self.has_rows() {
            spots.push(NotChecked::new(&of_rows, "the dump holds definitions and no rows"));
        }
        for unreadable in &self.unreadable {
            let reason = "its definition cannot be read";
            spots.push(NotChecked::new(&of_rows, reason).at(&unreadable.table));
        }
        spots
    }
}
