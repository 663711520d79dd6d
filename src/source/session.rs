//! A session with a source: what its catalog says, and its rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::sync::Notify;

use super::{Doubt, Dump, Error, Part, Row, Source};
use crate::convert::TablePlan;
use crate::dump;
use crate::mysql::{self, Access, Connection, Range, SourcePosition, TableSize, TableSum};
use crate::release::MigrationSet;
use crate::schema::Catalog;
use crate::sql::Dialect::MySql;

/// A session with a source, which only reads.
#[derive(Debug)]
pub enum Session {
    /// With a server.
    Server(Connection),
    /// With a dump.
    Dump(Arc<Dump>, dump::Visitor),
}

/// Waits for something else, and keeps these sessions from being cut off as idle meanwhile.
pub async fn wait_for_all<'s, T>(
    sessions: impl IntoIterator<Item = &'s mut Session>,
    work: impl Future<Output = T>,
) -> Result<T, Error> {
    let done = Notify::new();
    let waiting = sessions.into_iter().map(|session| session.wait_for(done.notified()));
    let waiting = try_join_all(waiting);
    let work = async {
        let outcome = work.await;
        done.notify_waiters();
        outcome
    };
    let (outcome, waited) = tokio::join!(work, waiting);
    waited?;
    Ok(outcome)
}

/// The rows of a part, of which one at a time is in memory.
#[derive(Debug)]
pub enum Rows<'a> {
    /// From a server.
    Server(mysql::Rows<'a>),
    /// From a dump.
    Dump(dump::Rows<'a>),
}

impl Session {
    /// Begins a session.
    pub async fn open(source: &Source) -> Result<Self, Error> {
        Ok(match source {
            Source::Server(dsn) => Self::Server(Connection::connect(dsn, Access::ReadOnly).await?),
            Source::Dump(dump) => Self::of_dump(dump),
        })
    }

    /// A session with a dump, of which there may be any number.
    #[must_use]
    pub fn of_dump(dump: &Arc<Dump>) -> Self {
        Self::Dump(Arc::clone(dump), dump::Visitor::new(Arc::clone(&dump.contents)))
    }

    /// Starts a snapshot transaction; later reads see the rows as of now.
    pub async fn begin_snapshot(&mut self) -> Result<(), Error> {
        if let Self::Server(connection) = self {
            connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT").await?;
        }
        Ok(())
    }

    /// Waits for something else, and keeps the session from being cut off as idle meanwhile.
    pub async fn wait_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        Ok(match self {
            Self::Server(connection) => connection.wait_for(work).await?,
            Self::Dump(..) => work.await,
        })
    }

    /// Whether the source has changed since a snapshot; `None` if that cannot be determined.
    pub async fn has_changed_since(
        &mut self,
        moment: Option<&SourcePosition>,
    ) -> Result<Option<bool>, Error> {
        Ok(match (self, moment) {
            (Self::Server(connection), Some(moment)) => {
                moment.has_changed_since(connection).await?
            }
            _ => Some(false),
        })
    }

    /// Which server it is, or was.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Server(connection) => connection.server().to_string(),
            Self::Dump(dump, _) => format!("dump of {}", dump.told.server),
        }
    }

    /// What the user has accepted about the source: of a dump, that it may not be all of its database.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        match self {
            Self::Server(_) => &[],
            Self::Dump(dump, _) => dump.doubts(),
        }
    }

    /// The tables and views.
    pub async fn catalog(&mut self) -> Result<Catalog, Error> {
        Ok(match self {
            Self::Server(connection) => mysql::read_catalog(connection).await?,
            Self::Dump(dump, _) => dump.told.catalog.clone(),
        })
    }

    /// About how much each table holds, by its exact name.
    pub async fn sizes(&mut self) -> Result<BTreeMap<String, TableSize>, Error> {
        Ok(match self {
            Self::Server(connection) => mysql::table_sizes(connection).await?,
            Self::Dump(dump, _) => dump.sizes(),
        })
    }

    /// The applied migrations; `None` where the catalog has no table of them.
    pub async fn applied(&mut self, catalog: &Catalog) -> Result<Option<MigrationSet>, Error> {
        Ok(match self {
            Self::Server(connection) => mysql::applied_migrations(connection, catalog)
                .await?
                .map(|rows| rows.into_iter().map(|(number, _)| number).collect()),
            Self::Dump(dump, _) => dump.told.applied.clone(),
        })
    }

    /// The database, and the id by which the workspace of this catalog knows itself.
    pub async fn workspace(&mut self, catalog: &Catalog) -> Result<String, Error> {
        let connection = match self {
            Self::Server(connection) => connection,
            Self::Dump(dump, _) => return Ok(dump.told.workspace.clone()),
        };
        let database = connection.database().await?;
        let Some(systems) = catalog.table("Systems") else { return Ok(database) };
        let sql = format!(
            "SELECT Value FROM {} WHERE Name = 'DiagnosticId'",
            MySql.identifier(&systems.name)
        );
        let id: Option<Option<String>> = connection.query_optional(&sql).await?;
        Ok(id.flatten().map_or(database.clone(), |id| format!("{database} {id}")))
    }

    /// The rows and a sum over all rows of each table, by its exact name; none of a dump, which does not
    /// change.
    pub async fn table_sums(
        &mut self,
        catalog: &Catalog,
    ) -> Result<BTreeMap<String, TableSum>, Error> {
        Ok(match self {
            Self::Server(connection) => mysql::table_sums(connection, catalog).await?,
            Self::Dump(..) => BTreeMap::new(),
        })
    }

    /// The rows of a part of a table: the columns of the plan, in their order. A server is asked by the
    /// statement that `select` makes for a range of keys.
    pub async fn rows<'a>(
        &'a mut self,
        plan: &'a TablePlan,
        part: &Part,
        select: impl FnOnce(&Range) -> String,
    ) -> Result<Rows<'a>, Error> {
        match (self, part) {
            (Self::Server(connection), Part::Keys(range)) => {
                Ok(Rows::Server(connection.stream(&select(range)).await?))
            }
            (Self::Dump(_, visitor), Part::Bytes(bytes)) => {
                let columns = plan.columns.iter().map(|column| column.source.as_str());
                Ok(Rows::Dump(visitor.rows(&plan.source, columns, bytes).await?))
            }
            _ => Err(Error::ForeignPart),
        }
    }
}

impl Rows<'_> {
    /// The next row; `None` behind the last one.
    pub async fn next(&mut self) -> Result<Option<Row>, Error> {
        Ok(match self {
            Self::Server(rows) => rows.next().await?.map(Row::Sent),
            Self::Dump(rows) => rows.next().await?.map(Row::Dumped),
        })
    }
}
