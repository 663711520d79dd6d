//! MySQL and MariaDB, the source: connections, DSNs and the catalog.
//!
//! The only module that uses the driver, `mysql_async`.

pub mod binlog;
mod catalog;
mod channel_names;
mod connect;
mod connection;
mod contents;
mod dsn;
mod error;
mod failure;
mod gtid_set;
mod hint;
mod identity;
mod key_range;
mod lock;
mod message;
mod position;
mod rights;
mod running;
mod server;
mod session;
mod session_limits;
mod sessions;
mod silence;
mod source_position;
mod sums;
mod tls;
mod transaction;
mod tunnel;

pub use mysql_async::prelude::FromRow;
pub use mysql_async::{Row, Value};

pub use catalog::read_catalog;
pub use channel_names::channel_names;
pub use connection::{Access, Connection, DRIVER_BUFFER_CAP, Rows, cell};
pub use contents::{
    TableSize, applied_migrations, product_versions, table_sizes, tables_with_rows,
};
pub use dsn::{Address, Dsn, Problem, TlsMode, TlsSettings};
pub use error::{Error, TlsProblem};
pub use gtid_set::GtidSet;
pub use identity::{ServerIdentity, source_identity};
pub use key_range::{Bound, KeyColumn, KeyKind, Range, RangeKey, id_bounds};
pub use lock::{LockAttempt, hold_still, release_lock};
pub use position::{
    LogPosition, has_log_filter, is_closed_for_writes, is_galera, log_file_position, log_position,
    logs_everything, snapshot_file_position, snapshot_position,
};
pub use rights::{
    GlobalRights, MissingRights, checks_privileges, global_rights, grant_statement, missing_rights,
    quoted_account, revoke_writing, user_of, writers_on_read_only,
};
pub use running::{end_statements, silent_sessions};
pub use server::{Flavour, Server};
pub use session_limits::{SessionLimit, session_limit};
pub use sessions::{OpenSession, OpenSessions, open_sessions, sessions_running};
pub use source_position::SourcePosition;
pub use sums::{RowSummer, SumForm, TableSum, sum_table, table_sums};
pub use transaction::Transaction;
