//! A dump as the source: read once, and compared with the models of its own migrations.

use std::fs::Metadata;
use std::path::Path;

use super::failure::hinted;
use super::{Context, decisions, products, schema, time_zones};
use crate::check::dump::{Candidates, DumpedSource, survey};
use crate::check::policy::Decisions;
use crate::check::{CheckOptions, CheckReport, NotChecked, Rule, time_zone_findings};
use crate::cli::{DumpArgs, FixArgs, MysqlArgs};
use crate::compare::ComparisonReport;
use crate::dump::{Input, Reader};
use crate::migrations;
use crate::progress::Progress;
use crate::schema::{Product, Table};
use crate::source::{self, Accepted};
use crate::workspace::{SourceModels, Unknown};

/// The outcome of the checks of a dump.
pub(super) struct Checked {
    pub(super) report: CheckReport,
    /// The comparison of its schema, if requested.
    pub(super) schema: Option<ComparisonReport>,
    /// Whether the applied migrations were read, rather than derived from the schema.
    pub(super) is_applied_known: bool,
}

/// A dump that was read to its end, and its Mattermost database.
pub(super) struct Surveyed {
    pub(super) reader: Reader,
    pub(super) source: DumpedSource,
}

/// Reads a dump and checks its rows against these forms of the target's tables.
async fn read(
    file: &Path,
    (database, accepted): (Option<&str>, Accepted),
    candidates: &Candidates,
    progress: &dyn Progress,
) -> anyhow::Result<Surveyed> {
    let mut reader = Reader::new(Input::open(file)?);
    let survey = survey(&mut reader, candidates, CheckOptions::default(), progress).await?;
    Ok(Surveyed { reader, source: survey.select(database)?.accepting(accepted) })
}

/// The same for a dump whose rows are read a second time, which excludes standard input.
pub(super) async fn read_seekable(
    file: &Path,
    chosen: (Option<&str>, Accepted),
    candidates: &Candidates,
    progress: &dyn Progress,
) -> anyhow::Result<Surveyed> {
    let is_stream = |it: Metadata| !it.is_file() && !it.is_dir();
    if file == Path::new("-") || file.metadata().is_ok_and(is_stream) {
        return Err(source::Error::ReadOnce.into());
    }
    read(file, chosen, candidates, progress).await
}

/// The defects of a dump that the flags accept.
pub(super) fn accepted(args: &DumpArgs) -> Accepted {
    Accepted { incomplete: args.accept_incomplete_dump, lossy: args.accept_lossy_dump }
}

impl Surveyed {
    /// The models of its schema, and whether its applied migrations were read, rather than derived from the
    /// schema.
    pub(super) fn knowledge(
        &self,
        chosen: &[Product],
        unknown: Unknown<'_>,
    ) -> anyhow::Result<(SourceModels, bool)> {
        let versions = self.source.product_versions();
        let (knowledge, is_applied_known) = read_models(&self.source)?;
        let catalog = self.source.catalog();
        let with_rows = self.source.tables_with_rows();
        let knowledge = knowledge.with_tables(catalog, &versions, &with_rows, chosen, unknown)?;
        Ok((knowledge, is_applied_known))
    }
}

/// Checks the dump of the flags; `None` without one.
pub(super) async fn check(
    args: &MysqlArgs,
    decisions: &Decisions,
    context: Context,
) -> anyhow::Result<Option<Checked>> {
    let Some(path) = &args.dump.dump else { return Ok(None) };
    let chosen = &args.products.products;
    let mut candidates = Candidates::default();
    migrations::each_target_model(&mut |catalog| candidates.add_forms(catalog))?;
    let progress = context.ui.progress();
    let database = args.dump.database.as_deref();
    let chosen_database = (database, accepted(&args.dump));
    let surveyed = read(path, chosen_database, &candidates, &progress).await?;
    let (knowledge, is_applied_known) =
        surveyed.knowledge(chosen, decisions::unknown(decisions))?;
    products::warn_of_absent(&knowledge, chosen, context.ui);
    let products = knowledge.products();
    let models = knowledge.models(&products);
    let is_copied = |table: &Table| models.counterpart(&table.name).is_some();
    let zones = time_zones::of_dump(&surveyed, &is_copied, &time_zones::options(&args.time_zone));
    let source = surveyed.source;
    let schema = schema::check_dump(args, &source, &models, context)?;
    let mut report = source.report(&models, CheckOptions::default());
    report.add(time_zone_findings(&zones));
    if !is_applied_known {
        report.not_checked.push(derived_from_schema(&report));
    }
    decisions::offer_on_the_way(&mut report.findings, &path.to_string_lossy());
    Ok(Some(Checked { report, schema, is_applied_known }))
}

/// The models of a dump. Without rows of `db_migrations`, its migrations are derived from its schema.
fn read_models(source: &DumpedSource) -> anyhow::Result<(SourceModels, bool)> {
    let applied = source.applied();
    let lacks_rows = applied.as_ref().is_some_and(Vec::is_empty);
    let lacks_table = applied.is_none() && !source.is_whole();
    if lacks_rows || lacks_table {
        return Ok((SourceModels::nearest(source.catalog())?, false));
    }
    if applied.as_ref().is_none_or(Vec::is_empty) {
        return Ok((SourceModels::nearest_without_rows(source.catalog(), applied)?, true));
    }
    Ok((SourceModels::of(applied)?, true))
}

fn derived_from_schema(report: &CheckReport) -> NotChecked {
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
            "cannot repair a dump",
            "repair the database that it was made from with `migration-assist mysql --fix all`, and make \
             the dump again",
        )
        .into());
    }
    Ok(())
}
