//! MySQL and MariaDB, the source: how to reach a server, talk to it, and what its catalog says.
//!
//! The one place that knows the driver, `mysql_async`.

mod bounds;
mod catalog;
mod connect;
mod connection;
mod contents;
mod driver;
mod dsn;
mod error;
mod failure;
mod gtid_set;
mod identity;
mod lock;
mod message;
mod position;
mod products;
mod range;
mod range_key;
mod rights;
mod rows;
mod running;
mod server;
mod session;
mod sessions;
mod source_position;
mod sums;
mod tls;
mod transaction;

pub use mysql_async::prelude::FromRow;
pub use mysql_async::{Params, Row, Value};

pub use bounds::id_bounds;
pub use catalog::read_catalog;
pub use connection::{Access, Connection};
pub use contents::{TableSize, applied_migrations, table_sizes, tables_with_rows};
pub use driver::cap_driver_buffers;
pub use dsn::{Address, Dsn, Problem, TlsMode, TlsSettings};
pub use error::{Error, TlsProblem};
pub use gtid_set::GtidSet;
pub use identity::ServerIdentity;
pub use lock::{LockAttempt, hold_still, release_lock};
pub use position::{
    LogPosition, is_closed_for_writes, is_galera, log_position, logs_everything, snapshot_position,
};
pub use products::product_versions;
pub use range::{Bound, KeyColumn, KeyKind, Range};
pub use range_key::RangeKey;
pub use rights::{GlobalRights, global_rights, writers_on_read_only};
pub use rows::Rows;
pub use running::end_statements;
pub use server::{Flavour, Server};
pub use sessions::{OpenSession, OpenSessions, open_sessions, sessions_running};
pub use source_position::SourcePosition;
pub use sums::{TableSum, table_sums};
pub use transaction::Transaction;
