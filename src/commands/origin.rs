//! The opened source of a command: a server or a dump.

use std::sync::Arc;

use super::connect::SourceSpec;
use super::dump::{self, Surveyed};
use super::mysql as server;
use crate::check::dump::Candidates;
use crate::check::policy::Decisions;
use crate::check::{CheckOptions, CheckReport, check};
use crate::migrations;
use crate::models::Models;
use crate::mysql::{Access, Connection, Dsn};
use crate::progress::Progress;
use crate::schema::{Catalog, Product};
use crate::source::Source;
use crate::workspace::{SourceModels, Unknown};

/// How a source is opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    /// The requested products.
    pub(super) chosen: &'a [Product],
    /// Whether tables of no known product are copied.
    pub(super) unknown: Unknown<'a>,
    /// What is determined about the rows, which a dump provides in the same pass.
    pub(super) rows: Rows,
}

/// What is determined about the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Whether they fit.
    Check,
    /// Their positions only.
    Find,
}

/// An opened source.
pub(super) enum Origin {
    /// A server, with its first session.
    Server(Dsn, Box<Found>),
    /// A dump, read to its end.
    Dump(Box<Surveyed>),
}

/// The first session with a server.
pub(super) struct Found {
    session: Connection,
    catalog: Catalog,
}

impl Found {
    /// The session, and the catalog that it read.
    pub(super) fn session_and_catalog(&mut self) -> (&mut Connection, &Catalog) {
        (&mut self.session, &self.catalog)
    }

    /// The catalog, without the session.
    pub(super) fn into_catalog(self) -> Catalog {
        self.catalog
    }
}

impl Origin {
    /// Opens the source and reads its schema.
    pub(super) async fn find(
        named: &SourceSpec,
        look: Look<'_>,
        progress: &dyn Progress,
    ) -> anyhow::Result<(Self, SourceModels)> {
        match named {
            SourceSpec::Server(dsn) => {
                let mut session = Connection::connect(dsn, Access::ReadOnly).await?;
                let (knowledge, catalog) =
                    server::read_models(&mut session, look.chosen, look.unknown).await?;
                Ok((Self::Server(dsn.clone(), Box::new(Found { session, catalog })), knowledge))
            }
            SourceSpec::Dump { file, database, accepted } => {
                let mut candidates = Candidates::default();
                if look.rows == Rows::Check {
                    migrations::each_target_model(&mut |catalog| candidates.add_forms(catalog))?;
                }
                let surveyed = dump::read_seekable(
                    file,
                    (database.as_deref(), *accepted),
                    &candidates,
                    progress,
                );
                let surveyed = surveyed.await?;
                let (knowledge, _) = surveyed.knowledge(look.chosen, look.unknown)?;
                Ok((Self::Dump(Box::new(surveyed)), knowledge))
            }
        }
    }

    /// The name of the database.
    pub(super) fn database(&self) -> String {
        match self {
            Self::Server(dsn, _) => dsn.database.clone().unwrap_or_default(),
            Self::Dump(surveyed) => surveyed.source.name.clone(),
        }
    }

    /// Its tables and views.
    pub(super) fn catalog(&self) -> &Catalog {
        match self {
            Self::Server(_, found) => &found.catalog,
            Self::Dump(surveyed) => surveyed.source.catalog(),
        }
    }

    /// Refuses decisions that would have no effect.
    pub(super) fn check_decisions(
        &self,
        knowledge: &SourceModels,
        decisions: &Decisions,
    ) -> anyhow::Result<()> {
        let products = knowledge.products();
        let models = knowledge.models(&products);
        let flavour = match self {
            Self::Server(_, found) => found.session.server().flavour,
            Self::Dump(surveyed) => surveyed.source.flavour(),
        };
        let catalog = self.catalog();
        let orphans = crate::check::orphan_probes(flavour, catalog, &models);
        let probes = [crate::check::probes(flavour, catalog, &models), orphans].concat();
        super::decisions::check(decisions, catalog, &probes)
    }

    /// The source of rows; refuses a dump that does not have all of them.
    pub(super) fn source(&self) -> anyhow::Result<Source> {
        Ok(match self {
            Self::Server(dsn, _) => Source::Server(dsn.clone()),
            Self::Dump(surveyed) => {
                Source::Dump(Arc::new(surveyed.source.loadable(&surveyed.reader)?))
            }
        })
    }

    /// Runs the checks.
    pub(super) async fn check(
        self,
        models: &Models<'_>,
        progress: &dyn Progress,
    ) -> anyhow::Result<CheckReport> {
        let options = CheckOptions::default();
        Ok(match self {
            Self::Server(dsn, found) => {
                let Found { session, catalog } = *found;
                let mut connections = server::sessions(session, &dsn).await?;
                check(&mut connections, catalog, models, options, progress).await?
            }
            Self::Dump(surveyed) => surveyed.source.report(models, options),
        })
    }
}
