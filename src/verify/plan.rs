//! The plan of a comparison: which tables are compared, and why others are not; pure.

use std::collections::BTreeMap;

use super::table::TableWork;
use super::{Error, Exception, NotCompared, VerifyOptions};
use crate::convert::TablePlan;
use crate::dump::Gaps;
use crate::mysql::TableSize;
use crate::schema::{Catalog, Table};
use crate::source::DumpGap;

/// The state of both sides before the comparison.
#[derive(Debug, Default)]
pub(super) struct Situation {
    pub(super) source: Catalog,
    pub(super) sizes: BTreeMap<String, TableSize>,
    pub(super) target: Catalog,
    /// What a dump's INSERTs lack, by the source's names of the tables.
    pub(super) gaps: BTreeMap<String, Gaps>,
    /// Tables that only the target has, and whether they have rows.
    pub(super) target_only: BTreeMap<String, bool>,
}

/// What will be compared.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The tables, largest first.
    pub(super) tables: Vec<TableWork>,
    pub(super) not_compared: Vec<NotCompared>,
}

/// The tables of the target that the source does not have.
pub(super) fn target_only(source: &Catalog, target: &Catalog) -> Vec<String> {
    target.tables.keys().filter(|name| source.table(name).is_none()).cloned().collect()
}

/// Plans the comparison.
pub(super) fn plan(situation: &Situation, options: &VerifyOptions) -> Result<Plan, Error> {
    for name in options.tables.iter().chain(&options.exclude) {
        if situation.source.table(name).is_none() && situation.target.table(name).is_none() {
            return Err(Error::UnknownTable { table: name.clone() });
        }
    }
    let mut plan = Plan::default();
    for source in situation.source.tables.values() {
        plan.add_table(source, situation, options);
    }
    for (name, &holds_rows) in &situation.target_only {
        if plan.is_chosen(name, options) {
            let reason = if holds_rows {
                "the source has no such table, and it holds rows"
            } else {
                "the source has no such table; it is empty"
            };
            plan.leave_out(name, None, Exception::TargetOnly, reason, holds_rows);
        }
    }
    if plan.tables.is_empty() {
        return Err(Error::NothingToCompare { schema: options.schema.clone() });
    }
    plan.tables.sort_by(|left, right| {
        (right.size.bytes, &left.plan.source).cmp(&(left.size.bytes, &right.plan.source))
    });
    Ok(plan)
}

impl Plan {
    fn add_table(&mut self, source: &Table, situation: &Situation, options: &VerifyOptions) {
        let name = source.name.as_str();
        if !self.is_chosen(name, options) {
            return;
        }
        if situation.source.table_collisions().iter().any(|names| names.contains(&name)) {
            let reason = "the source has another table whose name differs only by case; run \
                          `migration-assist mysql` to see which one Mattermost reads";
            self.leave_out(name, None, Exception::SameName, reason, true);
            return;
        }
        let Some(target) = situation.target.table(name) else {
            let is_required = options.required.contains(&name.to_ascii_lowercase());
            let reason = if is_required {
                "the target has no such table, though its migrations make one"
            } else {
                "the target has no such table; its rows, if any, are on the source only"
            };
            self.leave_out(name, None, Exception::SourceOnly, reason, is_required);
            return;
        };
        let policy = |column: &_| (options.policy)(&target.name, column);
        let plan = TablePlan::new(source, target, &situation.target, policy)
            .and_then(|plan| plan.with_time_zones(&options.time_zones));
        match plan {
            Ok(plan) if plan.columns.is_empty() => {
                let reason = "the two sides have no column in common";
                self.leave_out(name, None, Exception::NotConvertible, reason, true);
            }
            Ok(plan) => {
                let is_generated =
                    |name: &&String| source.column(name).is_some_and(|column| column.generated);
                for column in plan.source_only.iter().filter(|name| !is_generated(name)) {
                    let reason = "the target has no such column";
                    self.leave_out(name, Some(column), Exception::SourceOnly, reason, false);
                }
                for column in &plan.target_only {
                    let reason = "the source has no such column";
                    self.leave_out(name, Some(column), Exception::TargetOnly, reason, false);
                }
                let gaps = situation.gaps.get(name).map(|gaps| DumpGap::of(&plan, gaps));
                if let Some(gaps) = gaps.as_ref().and_then(|gaps| gaps.first()) {
                    let reason = gaps.to_string();
                    return self.leave_out(name, None, Exception::NotConvertible, &reason, true);
                }
                let size = situation.sizes.get(name).copied().unwrap_or_default();
                self.tables.push(TableWork::new(plan, source, target, size, options.sample));
            }
            Err(refused) => {
                for obstacle in &refused.obstacles {
                    let reason = obstacle.to_string();
                    self.leave_out(name, None, Exception::NotConvertible, &reason, true);
                }
            }
        }
    }

    /// Whether a table is compared; if not, and `--tables` is not the reason, the reason is recorded.
    fn is_chosen(&mut self, name: &str, options: &VerifyOptions) -> bool {
        let is_listed =
            |names: &[String]| names.iter().any(|listed| listed.eq_ignore_ascii_case(name));
        if !options.tables.is_empty() && !is_listed(&options.tables) {
            return false;
        }
        if is_listed(&options.exclude) {
            self.leave_out(name, None, Exception::Excluded, "excluded as asked for", false);
            return false;
        }
        if is_listed(&options.left_out) {
            let reason = "left out by `--products` or `--leave-behind`";
            self.leave_out(name, None, Exception::NotAskedFor, reason, false);
            return false;
        }
        if is_listed(&options.postponed) {
            let reason = "it has no key; it is copied and compared once writes are stopped";
            self.leave_out(name, None, Exception::Postponed, reason, false);
            return false;
        }
        let own = options.bookkeeping.iter().find(|(table, _)| table.eq_ignore_ascii_case(name));
        if let Some((_, reason)) = own {
            let is_noted = self.not_compared.iter().any(|it| it.table.eq_ignore_ascii_case(name));
            if !is_noted {
                self.leave_out(name, None, Exception::Bookkeeping, reason, false);
            }
            return false;
        }
        true
    }

    fn leave_out(
        &mut self,
        table: &str,
        column: Option<&str>,
        exception: Exception,
        reason: &str,
        breaks_proof: bool,
    ) {
        self.not_compared.push(NotCompared {
            table: table.to_owned(),
            column: column.map(str::to_owned),
            exception,
            reason: reason.to_owned(),
            breaks_proof,
        });
    }
}
