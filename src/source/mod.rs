//! Where rows come from: a server, or a dump of one. Those that read them need not know which.

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
pub use snapshot::{Consistency, Snapshot, open_snapshot};

use crate::mysql::Dsn;

/// Where rows come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A server.
    Server(Dsn),
    /// A dump that was read once.
    Dump(Arc<Dump>),
}

impl Source {
    /// Where it is: the server's address as the DSN names it, or the file.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Server(dsn) => dsn.address.to_string(),
            Self::Dump(dump) => dump.address(),
        }
    }
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
