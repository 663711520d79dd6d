//! Servers of a configuration.

use std::path::Path;

use super::uri::{Scheme, Uri};
use super::{Error, Part, Passwords};
use crate::secret::Secret;

/// A server, a database and the credentials.
#[derive(Debug, Clone, Copy)]
pub struct Server<'a> {
    /// The account or role.
    pub user: &'a str,
    /// The password; empty if there is none.
    pub password: &'a Secret,
    pub host: Host<'a>,
    pub port: u16,
    pub database: &'a str,
    pub tls: Tls<'a>,
}

/// The address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host<'a> {
    /// A host name or an address, IPv6 without brackets.
    Tcp(&'a str),
    /// A Unix socket: MySQL's file, PostgreSQL's directory.
    Socket(&'a str),
}

/// The protection of a connection, as far as pgloader distinguishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls<'a> {
    /// No TLS.
    Off,
    /// TLS if both sides support it.
    Preferred,
    /// TLS without a check of the certificate.
    Encrypted,
    /// TLS with a certificate that one of these authorities signed; `None` means the system's.
    Trusted(Option<&'a Path>),
    /// The same with a check of the host name, which pgloader does not do.
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

    /// pgloader's `sslmode`: `require` checks the certificate's issuer on both sides. Only for MySQL can the
    /// check be switched off, and there `prefer` checks too.
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
