//! The source of a command, a server or a dump, before any of its rows go anywhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::connect::SourceSpec;
use super::dump::{self, Surveyed};
use super::models::{SourceModels, Unknown};
use super::mysql as server;
use crate::check::dump::Candidates;
use crate::check::{CheckOptions, CheckReport, Finding, check, check_rows};
use crate::migrations;
use crate::models::Models;
use crate::mysql::{Access, Connection, Dsn};
use crate::progress::Progress;
use crate::schema::{Catalog, Product};
use crate::source::Source;

/// What a source is looked at for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    /// The products that were asked for.
    pub(super) chosen: &'a [Product],
    /// What becomes of tables of no known product.
    pub(super) unknown: Unknown,
    /// What is to be learnt of the rows, which a dump gives in the same reading.
    pub(super) rows: Rows,
}

/// What is to be learnt of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Whether they fit.
    Check,
    /// Only where they stand.
    Find,
}

/// A source that was found.
pub(super) enum Origin {
    /// A server, with the session that it was found by.
    Server(Dsn, Box<Found>),
    /// A dump, read to its end.
    Dump(Box<Surveyed>),
}

/// What finding a server leaves to go on with.
pub(super) struct Found {
    session: Connection,
    catalog: Catalog,
}

impl Found {
    /// The session, and what it read.
    pub(super) fn session_and_catalog(&mut self) -> (&mut Connection, &Catalog) {
        (&mut self.session, &self.catalog)
    }
}

impl Origin {
    /// Finds what was named, and learns what there is to know of its schema.
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

    /// What rows are read from; refuses a dump that does not hold all of them.
    pub(super) fn source(&self) -> anyhow::Result<Source> {
        Ok(match self {
            Self::Server(dsn, _) => Source::Server(dsn.clone()),
            Self::Dump(surveyed) => {
                Source::Dump(Arc::new(surveyed.source.loadable(&surveyed.reader)?))
            }
        })
    }

    /// Holds everything against the rules.
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

    /// What a copy of these tables would stop at in their rows.
    pub(super) async fn row_obstacles(
        self,
        models: &Models<'_>,
        tables: &BTreeSet<String>,
        progress: &dyn Progress,
    ) -> anyhow::Result<Vec<Finding>> {
        let options = CheckOptions::default();
        Ok(match self {
            Self::Server(dsn, found) => {
                let Found { session, catalog } = *found;
                let mut connections = server::sessions(session, &dsn).await?;
                check_rows(&mut connections, &catalog, models, tables, options, progress).await?
            }
            Self::Dump(surveyed) => surveyed.source.row_obstacles(models, tables, options),
        })
    }
}
