//! What the user decided about values, rows and tables that do not fit: read from flags and the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::failure::hinted;
use crate::check::policy::{BadDecision, BadOverride, Decisions, LeftOut};
use crate::check::{Finding, Probe, Step};
use crate::cli::DecisionArgs;
use crate::convert::{ParentKeys, Policy, PolicyOf, Reason, TablePlan};
use crate::copy::DecidedAnew;
use crate::ledger::{self, DecisionRecord};
use crate::models::Counterpart;
use crate::postgres::{Connection, Dsn};
use crate::schema::{Catalog, Table};
use crate::shell::shell_word;
use crate::source::{Part, Session, Source};
use crate::sql::Dialect::MySql;
use crate::ui::Ui;
use crate::verify::VerifyReport;
use crate::workspace::{SourceModels, Unknown};

/// The decisions that the flags give.
pub(super) fn read(args: &DecisionArgs) -> anyhow::Result<Decisions> {
    let overflow = args.on_overflow.iter().map(|text| text.parse().map_err(unusable_override));
    let invalid = args.on_invalid.iter().map(|text| text.parse().map_err(unusable));
    let left_out = args.leave_out.iter().map(|text| text.parse().map_err(unusable));
    Ok(Decisions {
        fix_in_flight: args.fix_in_flight,
        overflow: overflow.collect::<anyhow::Result<_>>()?,
        invalid: invalid.collect::<anyhow::Result<_>>()?,
        left_out: left_out.collect::<anyhow::Result<_>>()?,
        left_behind: args.leave_behind.clone(),
        copy_unknown: args.copy_unknown,
    })
}

pub(super) fn unusable_override(error: BadOverride) -> anyhow::Error {
    let hint = error.hint();
    anyhow::Error::new(error).context(hinted("cannot use `--on-overflow`", hint))
}

fn unusable(error: BadDecision) -> anyhow::Error {
    let hint = error.hint();
    anyhow::Error::new(error).context(hinted("cannot use a decision", hint))
}

/// Refuses decisions that would have no effect on this source; `probes` are all of it.
pub(super) fn check(
    decisions: &Decisions,
    source: &Catalog,
    probes: &[Probe],
) -> anyhow::Result<()> {
    crate::check::policy::check_overrides(&decisions.overflow, source, probes)
        .map_err(unusable_override)?;
    decisions.check(source, probes).map_err(unusable)
}

/// Disposition of tables of no known product.
pub(super) fn unknown(decisions: &Decisions) -> Unknown<'_> {
    Unknown { are_copied: decisions.copy_unknown, left_behind: &decisions.left_behind }
}

/// What is done to the values of a column: the same wherever rows are carried over or compared.
///
/// Reads the keys of the rows that others refer to, if those without one are left out by decision.
pub(super) async fn policy(
    decisions: &Decisions,
    knowledge: &SourceModels,
    catalog: &Catalog,
    source: &Source,
) -> anyhow::Result<PolicyOf> {
    let products = knowledge.products();
    let models = knowledge.models(&products);
    let mut parents: BTreeMap<(String, String), Arc<ParentKeys>> = BTreeMap::new();
    for table in catalog.tables.values() {
        let Some(counterpart) = models.counterpart(&table.name) else { continue };
        for key in counterpart.target.foreign_keys.values() {
            let ([column], [referenced]) = (&key.columns[..], &key.referenced_columns[..]) else {
                continue;
            };
            let parent = catalog.table(&key.referenced_table);
            let parent = parent.filter(|_| decisions.leaves_out_orphans(&table.name, column));
            let taker = parent.and_then(|parent| models.counterpart(&parent.name));
            if let (Some(parent), Some(taker)) = (parent, taker) {
                let keys = read_keys(source, parent, taker, referenced).await?;
                let place = (counterpart.target.name.to_lowercase(), column.to_lowercase());
                parents.insert(place, Arc::new(keys));
            }
        }
    }
    let decisions = decisions.clone();
    Ok(Arc::new(move |table, column| {
        let mut policy = decisions.policy(table, column);
        policy.parents = parents.get(&(table.to_lowercase(), column.name.to_lowercase())).cloned();
        if policy.parents.is_some() {
            policy.left_out.push(Reason::ForeignKey);
        }
        policy
    }))
}

/// The keys of a table by which others refer to its rows.
async fn read_keys(
    source: &Source,
    table: &Table,
    target: Counterpart<'_>,
    column: &str,
) -> anyhow::Result<ParentKeys> {
    let of_column = |table: &Table| Table {
        name: table.name.clone(),
        columns: table.column(column).into_iter().cloned().collect(),
        ..Table::default()
    };
    let (table, counterpart) = (of_column(table), of_column(target.target));
    let plan = TablePlan::new(&table, &counterpart, target.catalog, |_| Policy::default())?;
    let select = format!(
        "SELECT {} FROM {}",
        MySql.identifiers(plan.source_columns()),
        MySql.identifier(&table.name)
    );
    let mut session = Session::open(source).await?;
    let parts = match &session {
        Session::Server(_) => vec![Part::default()],
        Session::Dump(dump, _) => dump.parts(&table.name, u64::MAX),
    };
    let mut keys = ParentKeys::default();
    for part in &parts {
        let mut rows = session.rows(&plan, part, |_| select.clone()).await?;
        while let Some(row) = rows.next().await? {
            row.cell(0).into_iter().for_each(|key| keys.add(key));
        }
    }
    Ok(keys)
}

/// The decisions that the ledger records of a copy; none if the account may not read it.
pub(super) async fn recorded(target: &Dsn, schema: &str, ui: Ui) -> anyhow::Result<Decisions> {
    let connection = Connection::connect(target).await?;
    let records = match ledger::read_decisions(&connection, schema).await {
        Ok(records) => records,
        Err(error) if error.is_read_only() => {
            ui.warn(format!(
                "cannot read the decisions of the copy from the target's schema `migration_assist`: {error}"
            ));
            return Ok(Decisions::default());
        }
        Err(error) => return Err(error.into()),
    };
    let mut decisions = Decisions::default();
    for DecisionRecord { kind, place, action } in records {
        if !decisions.add(&kind, &place, &action) {
            let message = format!("unrecognised decision in the ledger: `{kind} {place}={action}`");
            let hint = "run the version of migration-assist that copied the rows";
            return Err(hinted(message, hint).into());
        }
    }
    Ok(decisions)
}

/// Which tables are copied again because the decisions are others than those of the earlier run.
pub(super) fn decided_anew(now: &Decisions, earlier: &Decisions) -> DecidedAnew {
    let entries = |decisions: &Decisions| -> BTreeSet<(&'static str, String, String)> {
        decisions.entries().into_iter().collect()
    };
    let (now, earlier) = (entries(now), entries(earlier));
    let tables = now.symmetric_difference(&earlier).filter_map(|(kind, place, _)| {
        // Of `leave-out`, the place begins with the rule; what stays behind is never copied.
        let place = place.split_once(':').map_or(&**place, |(_, place)| place);
        let is_about_values = ["on-overflow", "on-invalid", "leave-out"].contains(kind);
        is_about_values.then(|| place.split('.').next().unwrap_or(place).to_lowercase())
    });
    DecidedAnew { quarantined: now != earlier, tables: tables.collect() }
}

/// Records the decisions by which rows are copied.
pub(super) async fn record(
    target: &Dsn,
    schema: &str,
    decisions: &Decisions,
) -> anyhow::Result<()> {
    let connection = Connection::connect(target).await?;
    if decisions.is_empty() && !ledger::exists(&connection).await? {
        return Ok(());
    }
    ledger::create(&connection).await?;
    let record = |(kind, place, action): (&str, String, String)| DecisionRecord {
        kind: kind.to_owned(),
        place,
        action,
    };
    let records: Vec<DecisionRecord> = decisions.entries().into_iter().map(record).collect();
    Ok(ledger::record_decisions(&connection, schema, &records).await?)
}

/// The rows that are missing because a value does not fit, and whether other rows differ.
pub(super) fn unfit(proof: &VerifyReport) -> (Vec<LeftOut>, bool) {
    let (mut unfit, mut others) = (Vec::<LeftOut>::new(), false);
    for difference in &proof.differences {
        let reason = difference.columns.iter().find_map(|column| {
            let rule = column.reason.as_deref()?;
            format!("{rule}:{}.{}", difference.table, column.column).parse().ok()
        });
        match reason {
            Some(left_out) if unfit.contains(&left_out) => {}
            Some(left_out) => unfit.push(left_out),
            None => others = true,
        }
    }
    (unfit, others)
}

/// The command that migrates by these decisions.
pub(super) fn migrate(decisions: &Decisions, flag: Option<&str>, dump: Option<&str>) -> String {
    command("migrate", decisions, flag, dump)
}

/// The command of that name by these decisions.
pub(super) fn command(
    name: &str,
    decisions: &Decisions,
    flag: Option<&str>,
    dump: Option<&str>,
) -> String {
    let mut words = vec!["migration-assist".to_owned(), name.to_owned()];
    words.extend(dump.map(|file| format!("--dump {}", shell_word(file))));
    words.extend(flag.map(str::to_owned));
    words.extend(decisions.flags());
    words.join(" ")
}

/// Prints the commands of which one leads on.
pub(super) fn offer(steps: &[Step], ui: Ui) {
    match steps {
        [] => {}
        [step] => ui.hint(format!("run `{}`", step.command)),
        steps => {
            let lines = steps.iter().map(|it| format!("\n  {}:\n    {}", it.effect, it.command));
            ui.hint(format!("choose one:{}", lines.collect::<String>()));
        }
    }
}

/// Rewrites what findings offer for a dump, which is not repaired: the same is done on the way.
pub(super) fn offer_on_the_way(findings: &mut [Finding], file: &str) {
    for finding in findings {
        finding.move_on_the_way(file);
    }
}
