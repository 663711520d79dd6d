//! A dump as the source: read once, and compared with the models of its own migrations.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::{Error, SourceModels, Unknown};
use crate::check::dump::{Candidates, DumpedSource, survey};
use crate::check::time_zones::{ColumnDecision, TimeZoneOptions};
use crate::check::{CheckOptions, CheckReport, Finding, NotChecked, Rule};
use crate::dump::{Input, Reader};
use crate::mattermost::Product;
use crate::migrations;
use crate::progress::Progress;
use crate::schema::Table;
use crate::source::{self, Accepted};

/// A dump, as the user named it.
#[derive(Debug, Clone)]
pub(crate) struct DumpSpec {
    /// The file; `-` for standard input.
    pub(crate) file: PathBuf,
    /// The database in it; `None` if it has only one.
    pub(crate) database: Option<String>,
    /// The accepted defects.
    pub(crate) accepted: Accepted,
}

/// A dump that was read to its end, and its Mattermost database.
pub(crate) struct SurveyedDump {
    pub(crate) file: PathBuf,
    pub(crate) reader: Reader,
    pub(crate) source: DumpedSource,
}

/// Every form that any migration gave a table of the target.
pub(crate) fn all_forms() -> Result<Candidates, Error> {
    let mut candidates = Candidates::default();
    migrations::each_target_model(&mut |catalog| candidates.add_forms(catalog))?;
    Ok(candidates)
}

impl SurveyedDump {
    /// Reads a dump and checks its rows against these forms of the target's tables.
    pub(crate) async fn read(
        spec: &DumpSpec,
        candidates: &Candidates,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let mut reader = Reader::new(Input::open(&spec.file)?);
        let survey = survey(&mut reader, candidates, CheckOptions::default(), progress).await?;
        let source = survey.select(spec.database.as_deref())?.accepting(spec.accepted);
        Ok(Self { file: spec.file.clone(), reader, source })
    }

    /// The same for a dump whose rows are read a second time, which excludes standard input.
    pub(crate) async fn read_seekable(
        spec: &DumpSpec,
        candidates: &Candidates,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let is_stream = |it: Metadata| !it.is_file() && !it.is_dir();
        let file = &spec.file;
        if file == Path::new("-") || file.metadata().is_ok_and(is_stream) {
            return Err(source::Error::ReadOnce.into());
        }
        Self::read(spec, candidates, progress).await
    }

    /// The models of its schema, and whether its applied migrations were read, rather than derived from the
    /// schema.
    pub(crate) fn models(
        &self,
        chosen: &[Product],
        unknown: Unknown<'_>,
    ) -> Result<(SourceModels, bool), Error> {
        let versions = self.source.product_versions();
        let (models, is_applied_known) = read_models(&self.source)?;
        let catalog = self.source.catalog();
        let with_rows = self.source.tables_with_rows();
        let models = models.with_tables(catalog, &versions, &with_rows, chosen, unknown)?;
        Ok((models, is_applied_known))
    }

    /// Decides about the local times of these tables.
    pub(crate) fn time_zones(
        &self,
        is_wanted: &dyn Fn(&Table) -> bool,
        options: &TimeZoneOptions,
    ) -> Vec<ColumnDecision> {
        let gaps = self.reader.gaps(&self.source.name);
        self.source.time_zones(&gaps, is_wanted, options)
    }
}

/// The models of a dump. Without rows of `db_migrations`, its migrations are derived from its schema.
fn read_models(source: &DumpedSource) -> Result<(SourceModels, bool), Error> {
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

/// The rules that cannot be checked because a dump has no rows of `db_migrations`.
pub(crate) fn derived_from_schema(report: &CheckReport) -> NotChecked {
    let rules = [Rule::MigrationHoles, Rule::UnknownMigration, Rule::OldRelease];
    let release = report.release.as_deref().unwrap_or("no release");
    let reason = format!(
        "the dump holds no rows of `db_migrations`; its schema is nearest to that of {release}"
    );
    NotChecked::new(&rules, reason)
}

/// Rewrites what findings offer for a dump, which is not repaired: the same is done on the way.
pub(crate) fn offer_on_the_way(findings: &mut [Finding], file: &Path) {
    let file = file.to_string_lossy();
    for finding in findings {
        finding.move_on_the_way(&file);
    }
}
