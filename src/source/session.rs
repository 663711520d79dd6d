//! A session with a source.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::sync::Notify;

use super::part::PartKind;
use super::{Doubt, Dump, Error, Part, Row, Source};
use crate::convert::TablePlan;
use crate::dump::{self, Gaps};
use crate::mysql::{
    self, Access, Connection, Range, RangeKey, SourcePosition, TableSize, TableSum,
};
use crate::release::MigrationSet;
use crate::schema::Catalog;
use crate::source_identity::SourceIdentity;
use crate::sql::Dialect::MySql;

/// A session with a source, for reading only.
#[derive(Debug)]
pub struct Session(Kind);

#[derive(Debug)]
enum Kind {
    Server(Connection),
    Dump(Arc<Dump>, dump::Visitor),
}

/// The most parts of a table that [`Session::split_evenly`] makes.
const MOST_PARTS: u64 = 8192;

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
pub struct Rows<'a>(RowsKind<'a>);

#[derive(Debug)]
enum RowsKind<'a> {
    Server(mysql::Rows<'a>),
    Dump(dump::Rows<'a>),
}

impl From<Connection> for Session {
    fn from(connection: Connection) -> Self {
        Self(Kind::Server(connection))
    }
}

impl Session {
    /// Opens a session.
    pub async fn open(source: &Source) -> Result<Self, Error> {
        Ok(match &source.0 {
            super::Kind::Server(dsn) => Connection::connect(dsn, Access::ReadOnly).await?.into(),
            super::Kind::Dump(dump) => Self::of_dump(dump),
        })
    }

    /// A session with a dump; any number is possible.
    #[must_use]
    pub fn of_dump(dump: &Arc<Dump>) -> Self {
        Self(Kind::Dump(Arc::clone(dump), dump::Visitor::new(Arc::clone(&dump.contents))))
    }

    /// The session with a server.
    pub(super) fn server(&mut self) -> Option<&mut Connection> {
        match &mut self.0 {
            Kind::Server(connection) => Some(connection),
            Kind::Dump(..) => None,
        }
    }

    /// Starts a snapshot transaction; later reads see the rows as of now.
    pub async fn begin_snapshot(&mut self) -> Result<(), Error> {
        if let Some(connection) = self.server() {
            connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT").await?;
        }
        Ok(())
    }

    /// Waits for other work while keeping the session from being closed as idle.
    pub async fn wait_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        Ok(match &mut self.0 {
            Kind::Server(connection) => connection.wait_for(work).await?,
            Kind::Dump(..) => work.await,
        })
    }

    /// Whether the source has changed since a snapshot; `None` if that cannot be determined.
    pub async fn has_changed_since(
        &mut self,
        position: Option<&SourcePosition>,
    ) -> Result<Option<bool>, Error> {
        Ok(match (&mut self.0, position) {
            (Kind::Server(connection), Some(position)) => {
                position.has_changed_since(connection).await?
            }
            (Kind::Server(_), None) => None,
            (Kind::Dump(..), _) => Some(false),
        })
    }

    /// Whether rows may differ when they are read later; those of a dump do not.
    #[must_use]
    pub fn may_change(&self) -> bool {
        matches!(self.0, Kind::Server(_))
    }

    /// The server, or the server that the dump was made from.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.0 {
            Kind::Server(connection) => connection.server().to_string(),
            Kind::Dump(dump, _) => format!("dump of {}", dump.summary.server),
        }
    }

    /// The defects of a dump that the user accepted.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        match &self.0 {
            Kind::Server(_) => &[],
            Kind::Dump(dump, _) => dump.doubts(),
        }
    }

    /// The tables and views.
    pub async fn catalog(&mut self) -> Result<Catalog, Error> {
        Ok(match &mut self.0 {
            Kind::Server(connection) => mysql::read_catalog(connection).await?,
            Kind::Dump(dump, _) => dump.summary.catalog.clone(),
        })
    }

    /// The estimated size of each table, by its exact name.
    pub async fn sizes(&mut self) -> Result<BTreeMap<String, TableSize>, Error> {
        Ok(match &mut self.0 {
            Kind::Server(connection) => mysql::table_sizes(connection).await?,
            Kind::Dump(dump, _) => dump.sizes(),
        })
    }

    /// The applied migrations; `None` if the catalog lacks their table.
    pub async fn applied(&mut self, catalog: &Catalog) -> Result<Option<MigrationSet>, Error> {
        Ok(match &mut self.0 {
            Kind::Server(connection) => mysql::applied_migrations(connection, catalog)
                .await?
                .map(|rows| rows.into_iter().map(|(number, _)| number).collect()),
            Kind::Dump(dump, _) => dump.summary.applied.clone(),
        })
    }

    /// The identity of the workspace with that catalog.
    pub async fn identity(&mut self, catalog: &Catalog) -> Result<SourceIdentity, Error> {
        Ok(match &mut self.0 {
            Kind::Server(connection) => mysql::source_identity(connection, catalog).await?,
            Kind::Dump(dump, _) => dump.identity(),
        })
    }

    /// The rows of each table and a sum over them, by its exact name; empty for a dump, which does not change.
    pub async fn table_sums(
        &mut self,
        catalog: &Catalog,
    ) -> Result<BTreeMap<String, TableSum>, Error> {
        Ok(match &mut self.0 {
            Kind::Server(connection) => mysql::table_sums(connection, catalog).await?,
            Kind::Dump(..) => BTreeMap::new(),
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
        Ok(match &mut self.0 {
            Kind::Server(connection) => {
                let ranges = key.ranges(connection, bytes.div_ceil(part_bytes.max(1))).await?;
                ranges.into_iter().map(Part::keys).collect()
            }
            Kind::Dump(dump, _) => dump.parts(table, part_bytes),
        })
    }

    /// The same for parts of similar size: if the key shows none, some rows are read.
    pub async fn split_evenly(
        &mut self,
        table: &str,
        key: &RangeKey,
        size: TableSize,
        part_bytes: u64,
    ) -> Result<Vec<Part>, Error> {
        let connection = match &mut self.0 {
            Kind::Server(connection) => connection,
            Kind::Dump(dump, _) => return Ok(dump.parts(table, part_bytes)),
        };
        let parts = size.bytes.div_ceil(part_bytes.max(1)).clamp(1, MOST_PARTS);
        let bounds = match key.bounds(connection, parts).await? {
            Some(bounds) => bounds,
            None => key.probe(connection, (size.rows / parts).max(1), MOST_PARTS).await?,
        };
        Ok(Range::between(&bounds).into_iter().map(Part::keys).collect())
    }

    /// All rows of a table, in as few parts as possible.
    #[must_use]
    pub fn whole(&self, table: &str) -> Vec<Part> {
        match &self.0 {
            Kind::Server(_) => vec![Part::default()],
            Kind::Dump(dump, _) => dump.parts(table, u64::MAX),
        }
    }

    /// The tables that the account may not read.
    pub async fn unreadable_tables(&mut self, catalog: &Catalog) -> Result<Vec<String>, Error> {
        let mut unreadable = Vec::new();
        let Some(connection) = self.server() else { return Ok(unreadable) };
        for table in catalog.tables.keys() {
            let probe = format!("SELECT * FROM {} LIMIT 0", MySql.identifier(table));
            match connection.execute(&probe).await {
                Err(error) if error.is_privilege_missing() => unreadable.push(table.clone()),
                outcome => drop(outcome?),
            }
        }
        Ok(unreadable)
    }

    /// What the INSERTs of a dump lack, by table.
    #[must_use]
    pub fn gaps(&self) -> BTreeMap<String, Gaps> {
        match &self.0 {
            Kind::Server(_) => BTreeMap::new(),
            Kind::Dump(dump, _) => dump.gaps(),
        }
    }

    /// The rows of a part of a table: the columns of the plan, in order. `select` writes the statement for a
    /// range of keys on a server.
    pub async fn rows<'a>(
        &'a mut self,
        plan: &'a TablePlan,
        part: &Part,
        select: impl FnOnce(&Range) -> String,
    ) -> Result<Rows<'a>, Error> {
        let rows = match (&mut self.0, &part.0) {
            (Kind::Server(connection), PartKind::Keys(range)) => {
                RowsKind::Server(connection.stream(&select(range)).await?)
            }
            (Kind::Dump(_, visitor), PartKind::Bytes(bytes)) => {
                let columns = plan.columns.iter().map(|column| column.source.as_str());
                RowsKind::Dump(visitor.rows(&plan.source, columns, bytes).await?)
            }
            _ => return Err(Error::ForeignPart),
        };
        Ok(Rows(rows))
    }
}

impl Rows<'_> {
    /// The next row; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Row>, Error> {
        Ok(match &mut self.0 {
            RowsKind::Server(rows) => rows.next().await?.map(Row::from),
            RowsKind::Dump(rows) => rows.next().await?.map(Row::from),
        })
    }
}
