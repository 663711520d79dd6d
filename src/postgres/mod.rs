//! The target: addresses of PostgreSQL servers, connections to them, and what their catalogs say.
//!
//! This is the one door to `tokio-postgres` and its TLS. Nothing here prints, prompts or reads the
//! environment: a caller hands in what the environment says as [`Defaults`].

mod dsn;
mod error;

pub use dsn::{
    ChannelBinding, Defaults, Dsn, Host, Problem, RootCertificates, TlsMode, TlsSettings,
};
pub use error::Error;
