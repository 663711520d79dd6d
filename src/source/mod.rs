//! The source: a server or a dump. Modules that read rows do not ask which.

mod doubt;
mod dump;
mod error;
mod gap;
mod part;
mod row;
mod session;
mod snapshot;

use std::sync::Arc;

pub use doubt::{Accepted, Doubt};
pub use dump::{Dump, DumpSummary};
pub use error::{Error, cut};
pub use gap::DumpGap;
pub use part::Part;
pub use row::Row;
pub use session::{Rows, Session, wait_for_all};
pub use snapshot::{
    Consistency, LogSpan, NoSpan, Snapshot, open_exact_snapshot, open_snapshot,
    open_spanned_snapshot,
};

use crate::mysql::{self, Access, Connection, Dsn, SessionLimit};

/// A source of rows: a server or a dump. No other module distinguishes them.
#[derive(Debug, Clone)]
pub struct Source(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Server(Dsn),
    /// A dump that was read once.
    Dump(Arc<Dump>),
}

impl From<&Dsn> for Source {
    fn from(dsn: &Dsn) -> Self {
        Self(Kind::Server(dsn.clone()))
    }
}

impl From<Dump> for Source {
    fn from(dump: Dump) -> Self {
        Self(Kind::Dump(Arc::new(dump)))
    }
}

impl From<&Self> for Source {
    fn from(source: &Self) -> Self {
        source.clone()
    }
}

impl Source {
    /// The server whose log can be followed; `None` of a dump, which has none.
    #[must_use]
    pub fn log_server(&self) -> Option<&Dsn> {
        match &self.0 {
            Kind::Server(dsn) => Some(dsn),
            Kind::Dump(_) => None,
        }
    }

    /// How many sessions read for one job. While rows are loaded, the source and the target wait for each other in
    /// turn, so that two sessions share a processor; but each reader of a compressed dump decompresses it from the
    /// start.
    #[must_use]
    pub fn readers_per_job(&self) -> usize {
        match &self.0 {
            Kind::Server(_) => 2,
            Kind::Dump(_) => 1,
        }
    }

    /// The position by which tables are read in order; `None` if the order does not matter. A compressed dump is
    /// read from start to end.
    #[must_use]
    pub fn order(&self, table: &str) -> Option<u64> {
        match &self.0 {
            Kind::Server(_) => None,
            Kind::Dump(dump) => dump.order(table),
        }
    }

    /// The accepted defects of a dump.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        match &self.0 {
            Kind::Server(_) => &[],
            Kind::Dump(dump) => dump.doubts(),
        }
    }

    /// The limit of sessions; `None` without one.
    pub async fn session_limit(&self) -> Result<Option<SessionLimit>, Error> {
        let Some(dsn) = self.log_server() else { return Ok(None) };
        let mut session = Connection::connect(dsn, Access::ReadOnly).await?;
        let limit = mysql::session_limit(&mut session).await?;
        Ok(limit.map(SessionLimit::without_reader))
    }

    /// The names of the channels in table `table`, as a server sorts them; `None` of a dump, which sorts nothing.
    pub async fn channel_names(&self, table: &str) -> Result<Option<Vec<String>>, Error> {
        let Some(dsn) = self.log_server() else { return Ok(None) };
        let mut connection = Connection::connect(dsn, Access::ReadOnly).await?;
        Ok(Some(mysql::channel_names(&mut connection, table).await?))
    }
}
