//! The plan of a copy; pure.

use std::collections::{BTreeMap, BTreeSet};

use super::selection::Selection;
use super::table::TableWork;
use super::{
    CopyOptions, Definition, Occupied, Refusal, Space, Start, definitions, foreign_keys, space,
};
use crate::convert::{ColumnZone, LocalTimes, TablePlan, TimeZones};
use crate::dump::Gaps;
use crate::ledger::{CopyRecord, TableRecord};
use crate::mysql::TableSize;
use crate::release::MigrationSet;
use crate::schema::{Catalog, Table};
use crate::source::DumpGap;
use crate::source_identity::SourceIdentity;

/// The state of both sides before the copy.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// The identity of the source.
    pub identity: SourceIdentity,
    /// The source's schema.
    pub source: Catalog,
    /// The estimated size of each table of the source.
    pub sizes: BTreeMap<String, TableSize>,
    /// The source's applied migrations.
    pub source_migrations: Option<MigrationSet>,
    /// What a dump's INSERTs lack, by the source's names of the tables.
    pub gaps: BTreeMap<String, Gaps>,
    /// Tables that the source's account cannot read.
    pub unreadable: Vec<String>,
    /// The target's schema.
    pub target: Catalog,
    /// Tables of the target's schema that belong to neither Mattermost nor a plugin.
    pub others: BTreeSet<String>,
    /// The bodies of the target's constraints, by `table.name`.
    pub constraints: BTreeMap<String, String>,
    /// The target's applied migrations.
    pub target_migrations: Option<MigrationSet>,
    /// The target's tables that have rows.
    pub present: BTreeSet<String>,
    /// Those whose rows come from the migrations only.
    pub seeded: BTreeSet<String>,
    /// The target's encoding if it is not UTF-8, and the statement that creates another database.
    pub encoding: Option<(String, Option<String>)>,
    /// Statements that grant the target's account what it lacks.
    pub repairs: Vec<String>,
    /// Whether the source has changed since the recorded copy; `None` if that is unknown.
    pub source_changed: Option<bool>,
    /// What the ledger records of earlier runs.
    pub ledger: CopyRecord,
    /// The free space for the target's files in bytes, if it can be determined.
    pub free_bytes: Option<u64>,
}

/// What a copy will do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The tables, largest first.
    pub tables: Vec<TableWork>,
    /// The foreign keys that are removed during the copy.
    pub foreign_keys: Vec<Definition>,
    /// Tables of the source that the target does not have.
    pub left_out: Vec<String>,
    /// Whether nothing of an earlier copy is kept.
    pub replaces_all: bool,
}

impl Plan {
    /// Whether any row is still to be copied.
    #[must_use]
    pub fn changes_rows(&self) -> bool {
        self.tables.iter().any(|table| table.is_new() || table.parts.iter().any(|it| !it.is_done))
    }
}

/// A table of up to this fraction of a part keeps its indexes: removing and building them costs more.
const SMALL: u64 = 16;

/// Plans the copy, or returns all obstacles.
pub fn plan(situation: &Situation, options: &CopyOptions) -> Result<Plan, Vec<Refusal>> {
    let mut refusals = refuse_sides(situation, options);
    let selection = Selection::new(situation, options);
    refusals.extend(selection.refusals());
    let mut tables = Vec::new();
    for (source, target) in selection.pairs() {
        match plan_table(situation, options, source, target) {
            Ok(table) => tables.push(table),
            Err(found) => refusals.extend(found),
        }
    }
    refusals.extend(refuse_space(situation, options, &tables));
    if !refusals.is_empty() {
        return Err(refusals);
    }
    tables.sort_by(|left, right| {
        (right.size.bytes, &left.plan.target).cmp(&(left.size.bytes, &right.plan.target))
    });
    let prepared =
        |name: &str| tables.iter().any(|table| table.plan.target == name && table.is_new());
    let foreign_keys = foreign_keys(&situation.target, &situation.constraints, prepared);
    let replaces_all = situation.ledger.tables.keys().all(|name| prepared(name))
        && tables.iter().all(TableWork::is_new);
    Ok(Plan { tables, foreign_keys, left_out: selection.left_out(), replaces_all })
}

fn refuse_sides(situation: &Situation, options: &CopyOptions) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if let Some((encoding, creation)) = situation.encoding.clone() {
        refusals.push(Refusal::Encoding { encoding, creation });
    }
    match (&situation.source_migrations, &situation.target_migrations) {
        (Some(source), Some(target)) if source != target => {
            refusals.push(Refusal::OtherMigrations {
                missing: source.without(target),
                beyond: target.without(source),
            });
        }
        (Some(_), Some(_)) => {}
        (None, _) => refusals.push(Refusal::NoMigrations { side: "source" }),
        // Without privileges, nothing was read from the target.
        (_, None) if !situation.repairs.is_empty() => {}
        (_, None) => refusals.push(Refusal::NoMigrations { side: "target" }),
    }
    let unreadable = situation.unreadable.iter().cloned();
    refusals.extend(unreadable.map(|table| Refusal::Unreadable { table }));
    let statements = situation.repairs.iter().cloned();
    refusals.extend(statements.map(|statement| Refusal::Privilege { statement }));
    match &situation.ledger.source {
        Some(earlier)
            if options.start == Start::Resume
                && !situation.identity.can_resume(&earlier.identity) =>
        {
            refusals.push(Refusal::OtherSource { earlier: earlier.identity.to_string() });
        }
        _ => {}
    }
    refusals
}

/// The current contents of tables that are started over free space for their new rows.
fn refuse_space(
    situation: &Situation,
    options: &CopyOptions,
    tables: &[TableWork],
) -> Option<Refusal> {
    let free = situation.free_bytes.filter(|_| options.space == Space::Check)?;
    let indexes = |table: &TableWork| {
        let target = situation.target.tables.get(&table.plan.target);
        target.map_or(0, |target| target.indexes.len())
    };
    let empty = tables.iter().filter(|table| table.is_new() && !table.empty_first);
    let needed = empty.map(|table| space(table, indexes(table))).fold(0, u64::saturating_add);
    (needed > free).then_some(Refusal::Space { needed, free })
}

fn plan_table(
    situation: &Situation,
    options: &CopyOptions,
    source: &Table,
    target: &Table,
) -> Result<TableWork, Vec<Refusal>> {
    if source.columns.is_empty() {
        return Err(vec![Refusal::NotUnderstood { table: source.name.clone() }]);
    }
    let policy = |column: &_| (options.policy)(&target.name, column);
    let plan = TablePlan::new(source, target, &situation.target, policy)
        .and_then(|plan| plan.with_time_zones(&options.time_zones))
        .map_err(|refused| Refusal::of_plan(&refused).collect::<Vec<_>>())?;
    let gaps = situation.gaps.get(&source.name).map(|gaps| DumpGap::of(&plan, gaps));
    if let Some(gaps) = gaps.filter(|gaps| !gaps.is_empty()) {
        let refused = |what| Refusal::DumpGap { table: source.name.clone(), what };
        return Err(gaps.into_iter().map(refused).collect());
    }
    let size = situation.sizes.get(&source.name).copied().unwrap_or_default();
    let present = situation.present.contains(&target.name);
    let ours = situation.ledger.tables.get(&target.name);
    // Rows that did not fit may fit now, unless the source and the decisions are as they were.
    let may_fit = |entry: &TableRecord| {
        let decided = &options.changed_decisions;
        let is_another = decided.quarantined || situation.source_changed != Some(false);
        entry.counts().rows_quarantined > 0 && is_another
            || decided.tables.contains(&target.name.to_lowercase())
    };
    let usable = ours.filter(|entry| {
        options.start == Start::Resume && entry.still_holds(present) && !may_fit(entry)
    });
    let mut work = TableWork::new(plan, source, size);
    if let Some(record) = usable {
        refuse_other_zones(&work.plan, record, &options.time_zones)?;
        let refused = || vec![Refusal::UnreadableParts { table: target.name.clone() }];
        return if work.resume(record) { Ok(work) } else { Err(refused()) };
    }
    let expendable = ours.is_some()
        || situation.seeded.contains(&target.name)
        || options.occupied == Occupied::Truncate;
    if present && !expendable {
        return Err(vec![Refusal::Occupied { table: target.name.clone() }]);
    }
    work.empty_first = present;
    work.only_seeds = situation.seeded.contains(&target.name);
    work.target_key = target.primary_key().to_vec();
    work.definitions = definitions(target, &situation.constraints);
    if size.bytes <= options.part_bytes / SMALL {
        work.definitions.retain(|definition| {
            definition.stage == super::Stage::FullText || !options.next.builds(definition)
        });
    }
    Ok(work)
}

/// Rows of one table in two time zones would be wrong without a trace. Versions that recorded no zone took all
/// local times for UTC.
fn refuse_other_zones(
    plan: &TablePlan,
    record: &TableRecord,
    zones: &TimeZones,
) -> Result<(), Vec<Refusal>> {
    let utc = LocalTimes::utc();
    let has_rows = record.counts().rows_written > 0;
    let mut refusals = Vec::new();
    for column in plan.source_columns() {
        let Some(ColumnZone::Known(now)) = zones.of(&plan.source, column) else { continue };
        let other = match record.time_zones.get(column) {
            Some(earlier) => (!now.continues(earlier)).then_some(earlier),
            None => (has_rows && (!now.zone.is_utc() || now.by_row)).then_some(&utc),
        };
        if let Some(earlier) = other {
            refusals.push(Refusal::OtherTimeZone {
                table: plan.source.clone(),
                column: column.to_owned(),
                earlier: earlier.to_string(),
                now: now.to_string(),
            });
        }
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

#[cfg(test)]
mod tests {
    use super::{CopyOptions, Refusal, Situation, Space, plan};
    use crate::mysql::TableSize;
    use crate::schema::{Column, ColumnType, Table};

    fn table(name: &str, data_type: ColumnType) -> (String, Table) {
        let columns = vec![Column::of("id", data_type)];
        (name.to_owned(), Table { name: name.to_owned(), columns, ..Table::default() })
    }

    #[test]
    fn a_disk_without_room_is_refused_where_it_is_known() {
        let mut situation = Situation {
            source_migrations: Some("1".parse().expect("a set")),
            target_migrations: Some("1".parse().expect("a set")),
            sizes: [("Posts".to_owned(), TableSize { rows: 1000, bytes: 3 << 30 })].into(),
            ..Situation::default()
        };
        situation.source.tables.extend([table("Posts", ColumnType::mysql("bigint"))]);
        situation.target.tables.extend([table("posts", ColumnType::postgres("bigint"))]);
        let mut options = CopyOptions::default();
        assert!(plan(&situation, &options).is_ok());
        situation.free_bytes = Some(1 << 32);
        assert!(plan(&situation, &options).is_ok());
        situation.free_bytes = Some(1 << 30);
        let refused = plan(&situation, &options).expect_err("too little space");
        let needed = (3 << 30) + 28 * 1000;
        assert_eq!(refused, [Refusal::Space { needed, free: 1 << 30 }]);
        assert_eq!(
            refused[0].to_string(),
            "the target's disk has 1024 MiB free, and the rows take about 3072 MiB with their indexes"
        );
        options.space = Space::Ignore;
        assert!(plan(&situation, &options).is_ok());
    }
}
