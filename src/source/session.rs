//! A session with a source.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::sync::Notify;

use super::{Doubt, Dump, Error, Part, Row, Source};
use crate::convert::TablePlan;
use crate::dump;
use crate::mysql::{
    self, Access, Connection, Range, RangeKey, SourcePosition, TableSize, TableSum,
};
use crate::release::MigrationSet;
use crate::schema::Catalog;
use crate::source_identity::SourceIdentity;

/// A session with a source, for reading only.
#[derive(Debug)]
pub enum Session {
    /// With a server.
    Server(Connection),
    /// With a dump.
    Dump(Arc<Dump>, dump::Visitor),
}

/// Waits for other work while keeping these sessions from being closed as idle.
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

/// The rows of a part, one at a time in memory.
#[derive(Debug)]
pub enum Rows<'a> {
    /// From a server.
    Server(mysql::Rows<'a>),
    /// From a dump.
    Dump(dump::Rows<'a>),
}

impl Session {
    /// Opens a session.
    pub async fn open(source: &Source) -> Result<Self, Error> {
        Ok(match source {
            Source::Server(dsn) => Self::Server(Connection::connect(dsn, Access::ReadOnly).await?),
            Source::Dump(dump) => Self::of_dump(dump),
        })
    }

    /// A session with a dump; any number is possible.
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

    /// Waits for other work while keeping the session from being closed as idle.
    pub async fn wait_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        Ok(match self {
            Self::Server(connection) => connection.wait_for(work).await?,
            Self::Dump(..) => work.await,
        })
    }

    /// Whether the source has changed since a snapshot; `None` if that cannot be determined.
    pub async fn has_changed_since(
        &mut self,
        position: Option<&SourcePosition>,
    ) -> Result<Option<bool>, Error> {
        Ok(match (self, position) {
            (Self::Server(connection), Some(position)) => {
                position.has_changed_since(connection).await?
            }
            _ => Some(false),
        })
    }

    /// Whether rows may differ when they are read later; those of a dump do not.
    #[must_use]
    pub fn may_change(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    /// The server, or the server that the dump was made from.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Server(connection) => connection.server().to_string(),
            Self::Dump(dump, _) => format!("dump of {}", dump.summary.server),
        }
    }

    /// The defects of a dump that the user accepted.
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
            Self::Dump(dump, _) => dump.summary.catalog.clone(),
        })
    }

    /// The estimated size of each table, by its exact name.
    pub async fn sizes(&mut self) -> Result<BTreeMap<String, TableSize>, Error> {
        Ok(match self {
            Self::Server(connection) => mysql::table_sizes(connection).await?,
            Self::Dump(dump, _) => dump.sizes(),
        })
    }

    /// The applied migrations; `None` if the catalog lacks their table.
    pub async fn applied(&mut self, catalog: &Catalog) -> Result<Option<MigrationSet>, Error> {
        Ok(match self {
            Self::Server(connection) => mysql::applied_migrations(connection, catalog)
                .await?
                .map(|rows| rows.into_iter().map(|(number, _)| number).collect()),
            Self::Dump(dump, _) => dump.summary.applied.clone(),
        })
    }

    /// The identity of the workspace with that catalog.
    pub async fn identity(&mut self, catalog: &Catalog) -> Result<SourceIdentity, Error> {
        Ok(match self {
            Self::Server(connection) => mysql::source_identity(connection, catalog).await?,
            Self::Dump(dump, _) => dump.identity(),
        })
    }

    /// The rows of each table and a sum over them, by its exact name; empty for a dump, which does not change.
    pub async fn table_sums(
        &mut self,
        catalog: &Catalog,
    ) -> Result<BTreeMap<String, TableSum>, Error> {
        Ok(match self {
            Self::Server(connection) => mysql::table_sums(connection, catalog).await?,
            Self::Dump(..) => BTreeMap::new(),
        })
    }

    /// Splits a table of so many bytes into parts of about `part_bytes`, without a look at its rows. Parts may
    /// differ in size.
    pub async fn split(
        &mut self,
        table: &str,
        key: &RangeKey,
        bytes: u64,
        part_bytes: u64,
    ) -> Result<Vec<Part>, Error> {
        Ok(match self {
            Self::Server(connection) => {
                let ranges = key.ranges(connection, bytes.div_ceil(part_bytes.max(1))).await?;
                ranges.into_iter().map(Part::Keys).collect()
            }
            Self::Dump(dump, _) => dump.parts(table, part_bytes),
        })
    }

    /// The rows of a part of a table: the columns of the plan, in order. `select` writes the statement for a
    /// range of keys on a server.
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
    /// The next row; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Row>, Error> {
        Ok(match self {
            Self::Server(rows) => rows.next().await?.map(Row::Sent),
            Self::Dump(rows) => rows.next().await?.map(Row::Dumped),
        })
    }
}
