//! The source: a server or a dump, for modules that read rows from either.

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

use crate::mysql::{self, Access, Connection, Dsn};

/// A source of rows.
#[derive(Debug, Clone)]
pub enum Source {
    /// A server.
    Server(Dsn),
    /// A dump that was read once.
    Dump(Arc<Dump>),
}

impl From<&Dsn> for Source {
    fn from(dsn: &Dsn) -> Self {
        Self::Server(dsn.clone())
    }
}

impl From<&Self> for Source {
    fn from(source: &Self) -> Self {
        source.clone()
    }
}

impl Source {
    /// The names of the channels in table `table`, as a server sorts them; `None` of a dump, which sorts nothing.
    pub async fn channel_names(&self, table: &str) -> Result<Option<Vec<String>>, Error> {
        let Self::Server(dsn) = self else { return Ok(None) };
        let mut connection = Connection::connect(dsn, Access::ReadOnly).await?;
        Ok(Some(mysql::channel_names(&mut connection, table).await?))
    }
}
