//! Clears what the checks find, in the source, so that every step can be taken back.
//!
//! The same conditions and decisions that find a trouble choose what is repaired; what is done to a
//! value says `policy`, in one table. Whatever is altered or removed is in the quarantine, and on the
//! disk, before the statement runs; a value that somebody else changed in between is left alone.
//! Everything is done in batches, each a transaction, so that an interrupted run loses nothing and the
//! next one goes on. [`undo()`] puts all of it back.

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

use crate::check::Class;
use crate::models::Models;
use crate::mysql::{self, Connection, Flavour};
use crate::progress::Progress;
use crate::quarantine::Quarantine;

use crate::check::policy::Override;
pub use error::Error;
pub use report::{FIX_VERSION, FixCount, FixEntry, FixReport};
pub use undo::{Conflict, UndoReport, undo};

use report::Counts;

/// What stands in for the name of a table or a column while it is made again.
const UNFINISHED: &str = "migration_assist_undo";

/// The classes of rules that have a fix, in the order in which they are fixed.
pub const FIXABLE: [Class; 5] =
    [Class::Artifacts, Class::Unicode, Class::Json, Class::Nulls, Class::Varchar];

/// What to fix, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FixOptions {
    /// The classes to fix; others than those of [`FIXABLE`] have no fix.
    pub classes: BTreeSet<Class>,
    /// A person's own decisions on text that is too long; the last one of a column counts.
    pub overrides: Vec<Override>,
}

/// Whether anything is written.
pub(in crate::repair) enum Mode<'a> {
    /// Nothing: only what would be done is counted.
    DryRun,
    /// Everything, with the old values kept here.
    Apply(&'a mut Quarantine),
}

/// Fixes the source that the connection, which must be a writing one, is open to. After an error the
/// connection is of no more use.
///
/// Afterwards the same checks are made again: what they still find of that which the fix claims to
/// clear is counted as unfinished in the report.
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

/// Says what [`fix`] would do, and writes nothing; a reading connection will do.
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

/// Whether rows are held to the table's check constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checks {
    On,
    Off,
}

/// JSON that is none is older than the check of `MariaDB` that refuses it, and with it every change of
/// its row. MySQL has no such setting, and no such rows.
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
    let probes = crate::check::probes(flavour, &source, models);
    for table in plan::tables(flavour, &source, probes, &options.classes) {
        rows::fix(connection, &table, &options.overrides, &mut mode, counts, progress).await?;
    }
    Ok(())
}
