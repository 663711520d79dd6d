//! The opened source of a command: a server or a dump.

use std::path::Path;

use futures_util::future::join_all;

use super::decisions::refuse_ineffective;
use super::surveyed_dump::{DumpSpec, SurveyedDump, all_forms};
use super::{Error, SourceModels, Unknown};
use crate::check::dump::Candidates;
use crate::check::policy::Decisions;
use crate::check::{CheckOptions, CheckReport, check};
use crate::mattermost::Product;
use crate::models::Models;
use crate::mysql::{self, Access, Connection, Dsn};
use crate::progress::Progress;
use crate::schema::Catalog;
use crate::source::Source;

/// Sessions that read at a time: enough that some work while others wait for a disk.
const SESSIONS: usize = 8;

/// The source of a command, as the user named it.
#[derive(Debug, Clone)]
pub(crate) enum SourceSpec {
    /// A server.
    Server(Dsn),
    /// A file, and one of its databases.
    Dump(DumpSpec),
}

impl SourceSpec {
    /// The server whose log can be followed; `None` of a dump.
    pub(crate) fn log_server(&self) -> Option<&Dsn> {
        match self {
            Self::Server(dsn) => Some(dsn),
            Self::Dump(_) => None,
        }
    }
}

/// How a source is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenOptions<'a> {
    /// The requested products; empty for all.
    pub(crate) chosen: &'a [Product],
    /// Whether tables of no known product are copied.
    pub(crate) unknown: Unknown<'a>,
    /// What is determined about the rows, which a dump provides in the same pass.
    pub(crate) rows: RowScan,
}

/// What is determined about the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowScan {
    /// Whether they fit.
    Check,
    /// Their positions only.
    Locate,
}

/// An opened source.
pub(crate) enum OpenedSource {
    /// A server, with its first session.
    Server(Dsn, Box<ServerSession>),
    /// A dump, read to its end.
    Dump(Box<SurveyedDump>),
}

/// The first session with a server.
pub(crate) struct ServerSession {
    session: Connection,
    catalog: Catalog,
}

impl ServerSession {
    /// Connects, and reads which migrations, products and tables the source has; refuses a database without
    /// Mattermost.
    async fn open(
        dsn: &Dsn,
        chosen: &[Product],
        unknown: Unknown<'_>,
    ) -> Result<(Self, SourceModels), Error> {
        let mut session = Connection::connect(dsn, Access::ReadOnly).await?;
        let (models, catalog) = read_server_models(&mut session, chosen, unknown).await?;
        Ok((Self { session, catalog }, models))
    }

    /// The session, and the catalog that it read.
    pub(crate) fn session_and_catalog(&mut self) -> (&mut Connection, &Catalog) {
        (&mut self.session, &self.catalog)
    }

    /// The catalog, without the session.
    pub(crate) fn into_catalog(self) -> Catalog {
        self.catalog
    }
}

impl OpenedSource {
    /// Opens the source and reads its schema.
    pub(crate) async fn open(
        spec: &SourceSpec,
        options: OpenOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<(Self, SourceModels), Error> {
        match spec {
            SourceSpec::Server(dsn) => {
                let opened = ServerSession::open(dsn, options.chosen, options.unknown).await?;
                let (session, models) = opened;
                Ok((Self::Server(dsn.clone(), Box::new(session)), models))
            }
            SourceSpec::Dump(spec) => {
                let candidates = match options.rows {
                    RowScan::Check => all_forms()?,
                    RowScan::Locate => Candidates::default(),
                };
                let dump = SurveyedDump::read_seekable(spec, &candidates, progress).await?;
                let (models, _) = dump.models(options.chosen, options.unknown)?;
                Ok((Self::Dump(Box::new(dump)), models))
            }
        }
    }

    /// The name of the database.
    pub(crate) fn database(&self) -> String {
        match self {
            Self::Server(dsn, _) => dsn.database.clone().unwrap_or_default(),
            Self::Dump(dump) => dump.source.name.clone(),
        }
    }

    /// The file, if it is a dump.
    pub(crate) fn dump_file(&self) -> Option<&Path> {
        match self {
            Self::Server(..) => None,
            Self::Dump(dump) => Some(&dump.file),
        }
    }

    /// Its tables and views.
    pub(crate) fn catalog(&self) -> &Catalog {
        match self {
            Self::Server(_, server) => &server.catalog,
            Self::Dump(dump) => dump.source.catalog(),
        }
    }

    /// Refuses decisions that would have no effect.
    pub(crate) fn check_decisions(
        &self,
        models: &SourceModels,
        decisions: &Decisions,
    ) -> Result<(), Error> {
        let products = models.products();
        let models = models.models(&products);
        let flavour = match self {
            Self::Server(_, server) => server.session.server().flavour,
            Self::Dump(dump) => dump.source.flavour(),
        };
        refuse_ineffective(decisions, self.catalog(), flavour, &models)
    }

    /// The source of rows; refuses a dump that does not have all of them.
    pub(crate) fn source(&self) -> Result<Source, Error> {
        Ok(match self {
            Self::Server(dsn, _) => Source::from(dsn),
            Self::Dump(dump) => Source::from(dump.source.loadable(&dump.reader)?),
        })
    }

    /// Runs the checks.
    pub(crate) async fn check(
        self,
        models: &Models<'_>,
        progress: &dyn Progress,
    ) -> Result<CheckReport, Error> {
        let options = CheckOptions::default();
        Ok(match self {
            Self::Server(dsn, server) => {
                let ServerSession { session, catalog } = *server;
                let mut connections = open_sessions(session, &dsn).await?;
                check(&mut connections, catalog, models, options, progress).await?
            }
            Self::Dump(dump) => dump.source.report(models, options),
        })
    }
}

/// Opens more sessions next to the first one, as far as the server grants them.
pub(crate) async fn open_sessions(
    first: Connection,
    dsn: &Dsn,
) -> Result<Vec<Connection>, mysql::Error> {
    let mut sessions = vec![first];
    let more = (1..SESSIONS).map(|_| Connection::connect(dsn, Access::ReadOnly));
    for session in join_all(more).await {
        match session {
            Ok(session) => sessions.push(session),
            Err(error) if error.is_too_many_connections() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sessions)
}

/// Reads which migrations, products and tables the source has; refuses a database without Mattermost.
pub(crate) async fn read_server_models(
    connection: &mut Connection,
    chosen: &[Product],
    unknown: Unknown<'_>,
) -> Result<(SourceModels, Catalog), Error> {
    let (models, source) = SourceModels::of_source(connection, chosen, unknown).await?;
    if !models.has_migrations() && source.table("Systems").is_none() {
        let database = connection.database().await?;
        return Err(Error::NoMattermost { database });
    }
    Ok((models, source))
}
