//! The target: addresses of PostgreSQL servers, connections to them, and what their catalogs say.
//!
//! This is the one door to `tokio-postgres` and its TLS. Nothing here prints, prompts or reads the
//! environment: a caller hands in what the environment says as [`Defaults`].

mod catalog;
mod connect;
mod connection;
mod copy;
mod dsn;
mod error;
mod hint;
mod identity;
mod keep_alive;
mod memory;
mod notes;
mod pool;
mod readiness;
mod repair;
mod running;
mod server;
mod server_error;
mod session;
mod sessions;
mod tables;
mod tls;
mod transaction;
mod verifier;
mod view;

pub use catalog::{read_catalog, read_constraints};
pub use connection::{Canceller, Connection};
pub use copy::{CopyIn, CopyOut};
pub use dsn::{
    ChannelBinding, Defaults, Dsn, Host, Problem, RootCertificates, TlsMode, TlsSettings,
};
pub use error::{Error, Reason};
pub use identity::ServerIdentity;
pub use memory::BuildMemory;
pub use notes::Note;
pub use readiness::{Privilege, Readiness, Unowned, read_readiness};
pub use repair::{Need, Repair};
pub use running::end_statements;
pub use server::Server;
pub use server_error::ServerError;
pub use sessions::{OtherSession, other_sessions};
pub use tables::{
    OwnedRelations, applied_migrations, estimated_rows, holds_only_seeds, owned_relations,
    product_versions, row_presence,
};
pub use tokio_postgres::Row;
pub use tokio_postgres::types::{FromSql, ToSql, Type};
pub use transaction::Transaction;
pub use view::print_view_query;
