//! Repairs of the source that clear the findings of checks, and their undo.
//!
//! The same conditions and decisions that find a problem choose what is repaired; `policy` defines what happens
//! to a value, in one table. The original of everything that is changed or removed is in the quarantine, and on
//! the disk, before the statement runs; a value that another session changed in between is left alone. Work is
//! done in batches, each a transaction, so that an interrupted run loses nothing and the next one resumes.
//! [`undo()`] restores all of it.

mod apply;
mod candidates;
mod error;
mod leftovers;
mod plan;
mod report;
mod row;
mod rows;
mod stored;
mod undo;
mod value;

use std::collections::BTreeSet;

use crate::check::{Class, Probe, Rule};
use crate::models::Models;
use crate::mysql::{self, Connection, Flavour};
use crate::progress::Progress;
use crate::quarantine::Quarantine;

use crate::check::policy::{OnInvalid, Override};
pub use error::Error;
pub use report::{FIX_VERSION, FixCount, FixEntry, FixReport, Preview};
pub use undo::{Conflict, UndoOptions, UndoReport, undo};

use report::Counts;

/// The temporary name of a table or a column while it is restored.
const UNFINISHED: &str = "migration_assist_undo";

/// The classes of rules with a repair, in the order of repair.
pub const FIXABLE: [Class; 5] =
    [Class::Artifacts, Class::Unicode, Class::Json, Class::Nulls, Class::Varchar];

/// What to repair, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FixOptions {
    /// The classes to repair; those outside [`FIXABLE`] have no repair.
    pub classes: BTreeSet<Class>,
    /// The user's decisions on text that is too long; the last one of a column counts.
    pub overrides: Vec<Override>,
    /// The user's decisions on other values that do not fit.
    pub invalid: Vec<OnInvalid>,
    /// Whether a dry run shows the beginnings of values.
    pub show: Show,
}

/// What a dry run shows of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Their lengths.
    #[default]
    Lengths,
    /// Their beginnings too.
    Values,
}

impl FixOptions {
    /// Whether a repair is asked of what that probe finds: by its class, or by a decision.
    fn asks(&self, probe: &Probe) -> bool {
        let (rule, pair) = (probe.rule.rule(), &probe.pair);
        let (table, column) = (&pair.table, &pair.column);
        let class = rule.class();
        let is_about_values =
            matches!(class, Class::Unicode | Class::Json | Class::Nulls | Class::Varchar);
        is_about_values && self.classes.contains(&class)
            || rule == Rule::TooLong && self.overrides.iter().any(|it| it.is_for(table, column))
            || self.invalid.iter().any(|it| it.is_for(table, column) && it.decides(rule))
    }
}

/// Whether anything is written.
pub(in crate::repair) enum Mode<'a> {
    /// Nothing: changes are only counted.
    DryRun,
    /// Everything, with the originals in this quarantine.
    Apply(&'a mut Quarantine),
}

/// Repairs the source of the connection, which must be able to write. The connection cannot be used after an
/// error.
///
/// Afterwards the same checks run again: findings that the repair should have cleared are counted as unfinished
/// in the report.
pub async fn fix(
    connection: &mut Connection,
    models: &Models<'_>,
    options: &FixOptions,
    quarantine: &mut Quarantine,
    progress: &dyn Progress,
) -> Result<FixReport, Error> {
    let mut counts = Counts::default();
    checks(connection, Checks::Off).await?;
    run(connection, models, options, Mode::Apply(quarantine), progress, &mut counts).await?;
    checks(connection, Checks::On).await?;
    let path = quarantine.has_records().then(|| quarantine.path().to_owned());
    Ok(FixReport {
        version: FIX_VERSION,
        dry_run: false,
        quarantine: path,
        entries: counts.into_entries(),
    })
}

/// Reports what [`fix`] would do, and writes nothing; a read-only connection is enough.
pub async fn dry_run(
    connection: &mut Connection,
    models: &Models<'_>,
    options: &FixOptions,
    progress: &dyn Progress,
) -> Result<FixReport, Error> {
    let mut counts = Counts::default();
    run(connection, models, options, Mode::DryRun, progress, &mut counts).await?;
    Ok(FixReport {
        version: FIX_VERSION,
        dry_run: true,
        quarantine: None,
        entries: counts.into_entries(),
    })
}

/// Whether the table's check constraints are enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checks {
    On,
    Off,
}

/// On `MariaDB`, invalid JSON can predate the table's `json_valid` check, which then rejects every UPDATE of
/// the row; the check is switched off for the session. MySQL has no such setting, and no such rows.
async fn checks(connection: &mut Connection, checks: Checks) -> Result<(), Error> {
    if connection.server().flavour != Flavour::MariaDb {
        return Ok(());
    }
    let value = i32::from(checks == Checks::On);
    let sql = format!("SET check_constraint_checks = {value}");
    connection.execute(&sql).await.map(drop).map_err(Error::Catalog)
}

async fn run(
    connection: &mut Connection,
    models: &Models<'_>,
    options: &FixOptions,
    mut mode: Mode<'_>,
    progress: &dyn Progress,
    counts: &mut Counts,
) -> Result<(), Error> {
    let mut source = mysql::read_catalog(connection).await.map_err(Error::Catalog)?;
    if options.classes.contains(&Class::Artifacts) {
        leftovers::fix(connection, &source, models, &mut mode, counts, progress).await?;
        source = mysql::read_catalog(connection).await.map_err(Error::Catalog)?;
    }
    let flavour = connection.server().flavour;
    // Rows without a parent come last: repairs of keys might give them one.
    for probes in [
        crate::check::probes(flavour, &source, models),
        crate::check::orphan_probes(flavour, &source, models),
    ] {
        for table in plan::tables(flavour, &source, probes, options) {
            rows::fix(connection, &table, options, &mut mode, counts, progress).await?;
        }
    }
    Ok(())
}
