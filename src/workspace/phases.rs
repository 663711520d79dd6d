//! The phases of a migration: each returns its report, and prints nothing.

use std::io;
use std::sync::Arc;

use super::decisions::{RunDecisions, read_policy, record_decisions};
use super::surveyed_dump::offer_on_the_way;
use super::{Error, OpenedSource, SourceModels};
use crate::check::policy::Decisions;
use crate::check::time_zones::{ColumnDecision, zones};
use crate::check::{CheckReport, time_zone_findings};
use crate::convert::PolicyOf;
use crate::copy::{self, CopyOptions, CopyReport, PlannedCopy, SharedQuarantine, TargetLoss};
use crate::indexes::{self, BuildOptions, BuildReport, RefreshReport};
use crate::migrations::{self, RunReport};
use crate::postgres::{Connection, Dsn};
use crate::progress::Progress;
use crate::schema::Catalog;
use crate::source::Source;
use crate::verify::{VerifyOptions, VerifyReport, verify};

/// A workspace whose source was opened and whose time zones are decided.
pub(crate) struct Workspace {
    /// The name of the source's database.
    pub(crate) database: String,
    /// The source's tables and views.
    pub(crate) catalog: Catalog,
    pub(crate) models: SourceModels,
    pub(crate) source: Source,
    pub(crate) target: Dsn,
    /// The schema of the target.
    pub(crate) schema: String,
    pub(crate) decisions: RunDecisions,
    pub(crate) zones: Vec<ColumnDecision>,
}

/// Checks a source before its rows are copied by these decisions.
pub(super) async fn check_source(
    source: OpenedSource,
    models: &SourceModels,
    zones: &[ColumnDecision],
    decided: &Decisions,
    progress: &dyn Progress,
) -> Result<CheckReport, Error> {
    let dump = source.dump_file().map(ToOwned::to_owned);
    let products = models.products();
    let mut report = source.check(&models.models(&products), progress).await?;
    report.add(time_zone_findings(zones));
    if let Some(file) = &dump {
        offer_on_the_way(&mut report.findings, file);
    }
    decided.apply(&mut report.findings);
    Ok(report)
}

impl Workspace {
    /// What is done to the values of each column.
    pub(crate) async fn policy(&self) -> Result<PolicyOf, Error> {
        read_policy(&self.decisions.applied, &self.models, &self.catalog, &self.source).await
    }

    /// Brings the target's schema to the migrations of the source.
    pub(crate) async fn build_schema(
        &self,
        connection: &mut Connection,
        progress: &dyn Progress,
    ) -> Result<RunReport, Error> {
        let products = self.models.products();
        let set = self.models.models(&products).applied_set();
        Ok(migrations::run(connection, &self.schema, &set, progress).await?)
    }

    /// A copy by the decisions, which creates the missing tables first.
    pub(crate) fn copy_options(&self, policy: PolicyOf, options: CopyOptions) -> CopyOptions {
        CopyOptions {
            create: self.models.creations(),
            left_out: self.models.left_out(),
            required: self.models.core_tables(),
            is_known_name: migrations::is_known_name,
            time_zones: zones(&self.zones),
            policy,
            changed_decisions: self.decisions.changed_decisions(),
            ..options
        }
    }

    /// Plans a copy. If rows that exist only on the target would be deleted, or tables would be emptied while
    /// other programs are connected, `accepts` decides; the loss, if it is not accepted.
    pub(crate) async fn plan_copy(
        &self,
        mut options: CopyOptions,
        accepts: impl Fn(&TargetLoss) -> io::Result<bool>,
    ) -> Result<Result<PlannedCopy, TargetLoss>, Error> {
        let loss = match copy::open(&self.source, &self.target, &options).await {
            Err(copy::Error::WouldDelete(loss)) => loss,
            outcome => return Ok(Ok(outcome?)),
        };
        if !accepts(&loss).map_err(Error::NoAnswer)? {
            return Ok(Err(loss));
        }
        let agreed = loss.consent();
        options.consent.rows.extend(agreed.rows);
        options.consent.despite_sessions |= agreed.despite_sessions;
        Ok(Ok(copy::open(&self.source, &self.target, &options).await?))
    }

    /// Records the decisions by which rows are copied.
    pub(crate) async fn record_decisions(&self) -> Result<(), Error> {
        record_decisions(&self.target, &self.schema, &self.decisions.applied).await
    }

    /// Records the decisions and copies the rows.
    pub(crate) async fn copy(
        &self,
        planned: PlannedCopy,
        quarantine: &SharedQuarantine,
        progress: Arc<dyn Progress>,
    ) -> Result<CopyReport, Error> {
        self.record_decisions().await?;
        Ok(planned.run(Arc::clone(quarantine), progress).await?)
    }

    /// Builds the missing indexes, fills the materialized views and analyzes.
    pub(crate) async fn build_indexes(
        &self,
        connection: &Connection,
        options: BuildOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<(BuildReport, RefreshReport), Error> {
        let products = self.models.products();
        let set = self.models.models(&products).applied_set();
        let model = migrations::known_target_model(&set)?;
        let built = indexes::build(&self.target, &model, options, progress).await?;
        let refreshed = indexes::refresh(connection, &self.schema, &model, progress).await?;
        Ok((built, refreshed))
    }

    /// A comparison of all rows by the decisions.
    pub(crate) fn verify_options(&self, policy: PolicyOf, jobs: usize) -> VerifyOptions {
        VerifyOptions {
            time_zones: zones(&self.zones),
            policy,
            ..self.models.verify_options(&self.schema, jobs)
        }
    }

    /// Compares the rows of both sides.
    pub(crate) async fn compare(
        &self,
        options: &VerifyOptions,
        progress: Arc<dyn Progress>,
    ) -> Result<VerifyReport, Error> {
        Ok(verify(&self.source, &self.target, options, progress).await?)
    }
}
