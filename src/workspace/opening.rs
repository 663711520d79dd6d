//! Opening a workspace: its source, the decisions about it, and the time zones of its local times.

use super::opened_source::OpenOptions;
use super::time_zones::TargetState;
use super::{
    Error, OpenedSource, RowScan, RunDecisions, SourceModels, SourceSpec, Unknown, Workspace,
    ZoneRequest,
};
use crate::check::time_zones::ColumnDecision;
use crate::ledger;
use crate::mattermost::Product;
use crate::postgres::Dsn;
use crate::progress::Progress;
use crate::schema::Catalog;
use crate::source::Source;

/// What a command opens.
pub(crate) struct Opening<'a> {
    pub(crate) source: &'a SourceSpec,
    pub(crate) target: Dsn,
    /// The schema of the target.
    pub(crate) schema: &'a str,
    pub(crate) decisions: RunDecisions,
    /// The requested products; empty for all.
    pub(crate) products: &'a [Product],
    /// What is determined about the rows, which a dump provides in the same pass.
    pub(crate) rows: RowScan,
    pub(crate) zones: ZoneRequest<'a>,
}

/// A workspace with an opened source. A dump that does not have all rows is refused by
/// [`readable`](Self::readable) only, so that a check can list what is missing first.
pub(crate) struct OpenedWorkspace {
    pub(crate) models: SourceModels,
    /// The source's tables and views.
    pub(crate) catalog: Catalog,
    pub(crate) decisions: RunDecisions,
    pub(crate) zones: Vec<ColumnDecision>,
    /// Why the time zones of an earlier copy are unknown.
    pub(crate) unreadable_zones: Option<ledger::Error>,
    database: String,
    source: Result<Source, Error>,
    target: Dsn,
    schema: String,
}

impl OpenedWorkspace {
    /// Opens the source and decides about its local times; refuses decisions of this run that would have no
    /// effect.
    pub(crate) async fn open(
        opening: Opening<'_>,
        progress: &dyn Progress,
    ) -> Result<(OpenedSource, Self), Error> {
        let Opening { source, target, schema, decisions, products, rows, zones } = opening;
        let unknown = Unknown::of(&decisions.applied);
        let options = OpenOptions { chosen: products, unknown, rows };
        let (mut opened, models) = OpenedSource::open(source, options, progress).await?;
        // Recorded ones may be about tables that are not asked for now.
        opened.check_decisions(&models, &decisions.given)?;
        let state = TargetState::read(&target, schema).await?;
        let zones = opened.time_zones(&zones, &models, &state, progress).await?;
        let workspace = Self {
            models,
            catalog: opened.catalog().clone(),
            decisions,
            zones,
            unreadable_zones: state.unreadable,
            database: opened.database(),
            source: opened.source(),
            target,
            schema: schema.to_owned(),
        };
        Ok((opened, workspace))
    }

    /// The workspace; refuses a dump that does not have all rows.
    pub(crate) fn readable(self) -> Result<Workspace, Error> {
        let Self { models, catalog, decisions, zones, database, source, target, schema, .. } = self;
        Ok(Workspace {
            database,
            catalog,
            models,
            source: source?,
            target,
            schema,
            decisions,
            zones,
        })
    }
}
