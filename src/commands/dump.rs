//! `mysql --dump`: checks a dump.

use super::failure::hinted;
use super::{Context, connect, schema, time_zones};
use crate::check::policy::Decisions;
use crate::check::{CheckOptions, CheckReport, time_zone_findings};
use crate::cli::{DumpArgs, FixArgs, MysqlArgs};
use crate::compare::ComparisonReport;
use crate::schema::Table;
use crate::workspace::{SurveyedDump, Unknown, all_forms, derived_from_schema, offer_on_the_way};

/// The outcome of the checks of a dump.
pub(super) struct Checked {
    pub(super) report: CheckReport,
    /// The comparison of its schema, if requested.
    pub(super) schema: Option<ComparisonReport>,
    /// Whether the applied migrations were read, rather than derived from the schema.
    pub(super) is_applied_known: bool,
}

/// Checks the dump of the flags; `None` without one.
pub(super) async fn check(
    args: &MysqlArgs,
    decisions: &Decisions,
    context: Context,
) -> anyhow::Result<Option<Checked>> {
    let Some(path) = &args.dump.dump else { return Ok(None) };
    let chosen = &args.products.products;
    let candidates = all_forms()?;
    let progress = context.ui.progress();
    let spec = connect::dump_spec(path, &args.dump);
    let dump = SurveyedDump::read(&spec, &candidates, &progress).await?;
    let (source_models, is_applied_known) = dump.models(chosen, Unknown::of(decisions))?;
    context.ui.lines(&source_models.absent_product_lines(chosen));
    let products = source_models.products();
    let models = source_models.models(&products);
    let is_copied = |table: &Table| models.counterpart(&table.name).is_some();
    let zones = dump.time_zones(&is_copied, &time_zones::options(&args.time_zone));
    let source = dump.source;
    let schema = schema::check_dump(args, &source, &models, context)?;
    let mut report = source.report(&models, CheckOptions::default());
    report.add(time_zone_findings(&zones));
    if !is_applied_known {
        report.not_checked.push(derived_from_schema(&report));
    }
    offer_on_the_way(&mut report.findings, path);
    Ok(Some(Checked { report, schema, is_applied_known }))
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
            "cannot repair a dump",
            "repair the database that it was made from with `migration-assist mysql --fix all`, and make \
             the dump again",
        )
        .into());
    }
    Ok(())
}
