//! A dump in the place of a server: read once, and held against the models of its own migrations.

use super::Context;
use super::failure::hinted;
use super::models::{Knowledge, Unknown};
use crate::check::dump::{Candidates, DumpedSource, survey};
use crate::check::{CheckOptions, CheckReport, NotChecked, Rule};
use crate::cli::{DumpArgs, FixArgs};
use crate::dump::{Input, Reader};
use crate::migrations;
use crate::schema::Product;

/// What a dump was found to hold.
pub(super) struct Checked {
    pub(super) report: CheckReport,
    /// Whether the applied migrations were read, and not told from the schema.
    pub(super) is_applied_known: bool,
}

/// Checks the dump that the flags name; `None` where they name none.
pub(super) async fn check(
    args: &DumpArgs,
    chosen: &[Product],
    context: Context,
) -> anyhow::Result<Option<Checked>> {
    let Some(path) = &args.dump else { return Ok(None) };
    let mut candidates = Candidates::default();
    migrations::each_target_model(&mut |catalog| candidates.learn(catalog))?;
    let mut reader = Reader::new(Input::open(path)?);
    let progress = context.ui.progress();
    let options = CheckOptions::default();
    let survey = survey(&mut reader, &candidates, options, &progress).await?;
    let source = survey.select(args.database.as_deref())?;
    let (knowledge, is_applied_known) = learn(&source)?;
    let knowledge = knowledge.with_tables(
        source.catalog(),
        &source.product_versions(),
        chosen,
        Unknown::Left,
    )?;
    knowledge.warn_of_absent(chosen, context.ui);
    let products = knowledge.products();
    let mut report = source.report(&knowledge.models(&products), options);
    if !is_applied_known {
        report.not_checked.push(told_by_schema(&report));
    }
    Ok(Some(Checked { report, is_applied_known }))
}

/// The models of a dump; one without the rows of `db_migrations`, though it should have them, tells its
/// migrations by its schema only.
fn learn(source: &DumpedSource) -> anyhow::Result<(Knowledge, bool)> {
    let applied = source.applied();
    let lacks_rows = applied.as_ref().is_some_and(|_| !source.has_rows());
    let lacks_end = applied.as_ref().is_none_or(Vec::is_empty) && !source.is_whole();
    if lacks_rows || lacks_end {
        return Ok((Knowledge::nearest(source.catalog())?, false));
    }
    Ok((Knowledge::of(applied)?, true))
}

fn told_by_schema(report: &CheckReport) -> NotChecked {
    let rules = [Rule::MigrationHoles, Rule::UnknownMigration, Rule::OldRelease];
    let release = report.release.as_deref().unwrap_or("no release");
    let reason = format!(
        "the dump holds no rows of `db_migrations`; its schema is nearest to that of {release}"
    );
    NotChecked::new(&rules, reason)
}

/// Refuses flags that would write to a dump.
pub(super) fn refuse_repairs(args: &FixArgs, dump: &DumpArgs) -> anyhow::Result<()> {
    let repairs = [
        args.fix_artifacts,
        args.fix_unicode,
        args.fix_varchar,
        args.fix_json,
        args.fix_nulls,
        args.fix.is_some(),
        args.undo.is_some(),
    ];
    if dump.dump.is_some() && repairs.contains(&true) {
        return Err(hinted(
            "a dump is not repaired, only read",
            "repair the database that it was made from: `migration-assist mysql DSN --fix all`",
        )
        .into());
    }
    Ok(())
}
