//! What the user decided about values, rows and tables that do not fit: its effect, and its record in the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Error, SourceModels};
use crate::check::policy::{Decisions, LeftOut, check_overrides};
use crate::check::{orphan_probes, probes};
use crate::convert::{ParentKeys, Policy, PolicyOf, Reason, TablePlan};
use crate::copy::ChangedDecisions;
use crate::ledger::{self, DecisionRecord};
use crate::models::{Counterpart, Models};
use crate::mysql::Flavour;
use crate::postgres::{Connection, Dsn};
use crate::schema::{Catalog, Table};
use crate::source::{Session, Source};
use crate::sql::Dialect::MySql;
use crate::verify::VerifyReport;

/// The decisions of a run, and those of the copy before it.
#[derive(Debug, Clone)]
pub(crate) struct RunDecisions {
    /// Those that the flags give.
    pub(crate) given: Decisions,
    /// Those that the ledger records.
    pub(crate) earlier: Decisions,
    /// Those that apply.
    pub(crate) applied: Decisions,
}

impl RunDecisions {
    /// The decisions of a run that keeps the rows of an earlier one.
    pub(crate) fn resumed(given: Decisions, earlier: Decisions) -> Self {
        let applied = given.over(&earlier);
        Self { given, earlier, applied }
    }

    /// The decisions of a run that keeps nothing of an earlier one.
    pub(crate) fn started_over(given: Decisions, earlier: Decisions) -> Self {
        Self { applied: given.clone(), given, earlier }
    }

    /// Whether they are others than those of the earlier run.
    pub(crate) fn have_changed(&self) -> bool {
        self.applied != self.earlier
    }

    /// Which tables are copied again because the decisions are others than those of the earlier run.
    pub(crate) fn changed_decisions(&self) -> ChangedDecisions {
        let entries = |decisions: &Decisions| -> BTreeSet<(&'static str, String, String)> {
            decisions.entries().into_iter().collect()
        };
        let (now, earlier) = (entries(&self.applied), entries(&self.earlier));
        let tables = now.symmetric_difference(&earlier).filter_map(|(kind, place, _)| {
            // Of `leave-out`, the place begins with the rule; what stays behind is never copied.
            let place = place.split_once(':').map_or(&**place, |(_, place)| place);
            let is_about_values = ["on-overflow", "on-invalid", "leave-out"].contains(kind);
            is_about_values.then(|| place.split('.').next().unwrap_or(place).to_lowercase())
        });
        ChangedDecisions { quarantined: now != earlier, tables: tables.collect() }
    }
}

/// Refuses decisions that would have no effect on this source.
pub(crate) fn refuse_ineffective(
    decisions: &Decisions,
    source: &Catalog,
    flavour: Flavour,
    models: &Models<'_>,
) -> Result<(), Error> {
    let orphans = orphan_probes(flavour, source, models);
    let probes = [probes(flavour, source, models), orphans].concat();
    check_overrides(&decisions.overflow, source, &probes)?;
    Ok(decisions.check(source, &probes)?)
}

/// What is done to the values of a column: the same wherever rows are carried over or compared.
///
/// Reads the keys of the rows that others refer to, if those without one are left out by decision.
pub(crate) async fn read_policy(
    decisions: &Decisions,
    models: &SourceModels,
    catalog: &Catalog,
    source: &Source,
) -> Result<PolicyOf, Error> {
    let products = models.products();
    let models = models.models(&products);
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
) -> Result<ParentKeys, Error> {
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
    let mut keys = ParentKeys::default();
    for part in &session.whole(&table.name) {
        let mut rows = session.rows(&plan, part, |_| select.clone()).await?;
        while let Some(row) = rows.next().await? {
            row.cell(0).into_iter().for_each(|key| keys.add(key));
        }
    }
    Ok(keys)
}

/// The decisions that the ledger records of a copy.
#[derive(Debug, Default)]
pub(crate) struct RecordedDecisions {
    /// None if the account may not read them.
    pub(crate) decisions: Decisions,
    /// Why the account may not read them.
    pub(crate) unreadable: Option<ledger::Error>,
}

impl RecordedDecisions {
    /// Reads them in a session of its own.
    pub(crate) async fn read(target: &Dsn, schema: &str) -> Result<Self, Error> {
        let connection = Connection::connect(target).await?;
        let records = match ledger::read_decisions(&connection, schema).await {
            Ok(records) => records,
            Err(error) if error.is_read_only() => {
                return Ok(Self { unreadable: Some(error), ..Self::default() });
            }
            Err(error) => return Err(error.into()),
        };
        let mut decisions = Decisions::default();
        for DecisionRecord { kind, place, action } in records {
            if !decisions.add(&kind, &place, &action) {
                return Err(Error::UnrecognisedDecision { kind, place, action });
            }
        }
        Ok(Self { decisions, unreadable: None })
    }
}

/// Records the decisions by which rows are copied.
pub(crate) async fn record_decisions(
    target: &Dsn,
    schema: &str,
    decisions: &Decisions,
) -> Result<(), Error> {
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
pub(crate) fn unfit_rows(proof: &VerifyReport) -> (Vec<LeftOut>, bool) {
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
