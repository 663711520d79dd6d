//! The servers of a configuration.

use std::path::Path;

use super::uri::{Scheme, Uri};
use super::{Error, Part, Passwords};
use crate::secret::Secret;

/// A server, a database on it, and how to log in.
#[derive(Debug, Clone, Copy)]
pub struct Server<'a> {
    /// The account's or the role's name.
    pub user: &'a str,
    /// Its password; empty where it has none.
    pub password: &'a Secret,
    /// Where the server listens.
    pub host: Host<'a>,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: &'a str,
    /// How the line is protected.
    pub tls: Tls<'a>,
}

/// Where a server listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host<'a> {
    /// A host's name or address, IPv6 without brackets.
    Tcp(&'a str),
    /// A Unix socket: MySQL's file, PostgreSQL's directory.
    Socket(&'a str),
}

/// How a connection is protected, as far as pgloader can tell such things apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls<'a> {
    /// No TLS.
    Off,
    /// TLS where both sides can.
    Preferred,
    /// TLS, whatever the certificate.
    Encrypted,
    /// TLS with a certificate that one of these authorities signed; `None` means the system's.
    Trusted(Option<&'a Path>),
    /// The same, and the certificate names the host, which pgloader does not check.
    Named,
    /// A certificate of the client's own, which pgloader cannot send.
    ClientCertificate,
}

impl Server<'_> {
    pub(super) fn uri(&self, scheme: Scheme, passwords: Passwords) -> Result<String, Error> {
        if self.database.is_empty() {
            return Err(Error::NoDatabase(scheme.server()));
        }
        let uri = Uri {
            scheme,
            user: self.user,
            password: (passwords == Passwords::Written).then(|| self.password.expose()),
            host: self.host,
            port: self.port,
            database: self.database,
            sslmode: self.sslmode(scheme)?,
        };
        uri.render()
    }

    /// pgloader's `sslmode`: `require` checks who signed the certificate, on either side; only for
    /// MySQL can that be switched off, and there `prefer` checks too.
    fn sslmode(&self, scheme: Scheme) -> Result<Option<&'static str>, Error> {
        if matches!(self.host, Host::Socket(_)) {
            return Ok(None);
        }
        match (scheme, self.tls) {
            (Scheme::MySql, Tls::Off | Tls::Preferred) => Ok(None),
            (Scheme::Postgres, Tls::Off) => Ok(Some("disable")),
            (Scheme::Postgres, Tls::Preferred) => Ok(Some("prefer")),
            (_, Tls::Encrypted | Tls::Trusted(_)) => Ok(Some("require")),
            (_, Tls::Named) => {
                let reason = "it does not check that the certificate names the host";
                Err(scheme.inexpressible(Part::Tls, reason))
            }
            (_, Tls::ClientCertificate) => {
                Err(scheme.inexpressible(Part::Tls, "it has no certificate of its own to show"))
            }
        }
    }
}
