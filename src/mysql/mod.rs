//!
//! The one place that knows the driver, `mysql_async`.

mod connect;
mod connection;
mod dsn;
mod error;
mod failure;
mod message;
mod rows;
mod server;
mod session;
mod tls;
mod transaction;

pub use mysql_async::prelude::FromRow;
pub use mysql_async::{Params, Row, Value};

pub use connection::{Access, Connection};
pub use dsn::{Address, Dsn, DsnProblem, Tls, TlsMode};
pub use error::{Error, TlsProblem};
pub use rows::Rows;
pub use server::{Flavour, Server};
pub use transaction::Transaction;
