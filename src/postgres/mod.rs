//! PostgreSQL, the target: DSNs, connections and the catalog.
//!
//! The only module that uses `tokio-postgres` and its TLS. It does not print, prompt or read the environment:
//! a caller passes the environment's values as [`Defaults`].

mod auth_guard;
mod build_progress;
mod catalog;
mod connect;
mod connection;
mod copy;
mod dsn;
mod error;
mod exclusive;
mod hint;
mod identity;
mod keep_alive;
mod locale;
mod memory;
mod notes;
mod pool;
mod readiness;
mod repair;
mod running;
mod server;
mod server_error;
mod session;
mod session_limits;
mod sessions;
mod silence;
mod tables;
mod text_search;
mod tls;
mod transaction;
mod verifier;
mod view;

pub use auth_guard::NotAllowed;
pub use build_progress::built_shares;
pub use catalog::{read_catalog, read_constraints};
pub use connection::{Canceller, Connection};
pub use copy::{CopyIn, CopyOut};
pub use dsn::{
    AuthMethod, AuthMethods, ChannelBinding, Defaults, Dsn, Host, Problem, RootCertificates,
    TlsMode, TlsSettings, TlsVersions,
};
pub use error::{Error, Reason};
pub use exclusive::{LockHolder, await_exclusive, mark_worker, release_exclusive, take_exclusive};
pub use identity::ServerIdentity;
pub use locale::{Locale, LocaleProvider, create_database_statement};
pub use memory::BuildMemory;
pub use notes::Note;
pub use readiness::{Privilege, Readiness, Unowned, read_readiness};
pub use repair::{Need, Repair};
pub use running::{end_statements, silent_sessions};
pub use server::Server;
pub use server_error::ServerError;
pub use session_limits::{SessionLimit, session_limit};
pub use sessions::{OtherSession, other_sessions};
pub use tables::{
    OwnedRelations, applied_migrations, estimated_rows, has_table, holds_only_seeds,
    main_fork_bytes, owned_relations, product_versions, row_presence, table_bytes,
};
pub use text_search::{FullTextIndex, configuration_names, explain_search, resolve_configuration};
pub use tokio_postgres::Row;
pub use tokio_postgres::types::{FromSql, ToSql, Type};
pub use transaction::Transaction;
pub use view::print_view_query;
