//! The DSN of a MySQL server: address, account, database and TLS.

mod go;
mod params;
mod print;
mod problem;
mod url;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

pub use problem::Problem;

use super::{Error, ServerIdentity};
use crate::instance::Instances;
use crate::parameter::Unrecognised;
use crate::secret::Secret;
use crate::time_zone::TimeZone;

const DEFAULT_HOST: &str = "127.0.0.1";
const DEFAULT_PORT: u16 = 3306;
/// Proxies and firewalls close connections that are idle for a minute or longer.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// go-sql-driver's default for `unix` without a path.
const DEFAULT_SOCKET: &str = "/tmp/mysql.sock";

/// A data source name.
///
/// Reads the form of go-sql-driver, `user:password@tcp(host:port)/database?parameters`, with
/// `unix(/path)` or a bare `host:port` as the address, nothing percent-decoded before the database
/// (its README, "DSN"); the same with `mysql://` in front, as Mattermost's `MM_CONFIG` has it; and
/// URLs, `mysql://user:password@host:port/database?parameters`, percent-decoded throughout.
///
/// Parameters: `tls` and `timeout` as in Go, `tls-ca` (`ssl-ca`) and `ssl-mode` as in MySQL's own clients,
/// and in a URL `socket`. Any other is kept and has no effect here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dsn {
    pub user: String,
    /// The password; empty if there is none.
    pub password: Secret,
    pub address: Address,
    pub database: Option<String>,
    /// The protection of the connection.
    pub tls: TlsSettings,
    /// The time limit for a connection, if the DSN sets one.
    pub timeout: Option<Duration>,
    /// Parameters without effect here, in order.
    pub others: Vec<(String, Secret)>,
    /// The interval at which a waiting session pings the server, so that it is not closed as idle.
    pub keep_alive: Duration,
    /// The server instances that sessions of this DSN, or of a clone of it, have reached.
    pub instances: Instances<ServerIdentity>,
}

impl Dsn {
    /// Parameters that neither this tool nor go-sql-driver know, the latter being Mattermost's driver: it
    /// sends them to the server as settings of the session.
    #[must_use]
    pub fn unrecognised(&self) -> Vec<Unrecognised> {
        let names = self.others.iter().map(|(name, _)| name);
        names
            .filter(|name| !params::is_known(name))
            .map(|name| Unrecognised { name: name.clone(), nearest: params::meant(name) })
            .collect()
    }

    /// The zones in which programs with this DSN write local times: the session's `time_zone`, and `loc`, in
    /// which go-sql-driver writes Go's times (its README, "Parameters").
    #[must_use]
    pub fn time_zones(&self) -> Vec<TimeZone> {
        let of = |wanted: &str| {
            let mut others = self.others.iter();
            let (_, value) = others.rfind(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
            let text = value.expose().trim_matches(['\'', '"']);
            // A plus sign means a space unless it is encoded.
            text.replace(' ', "+").parse().ok()
        };
        ["time_zone", "loc"].into_iter().filter_map(of).collect()
    }
}

/// The address of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A host name or address (IPv6 without brackets), and a port.
    Tcp {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// A Unix socket by its path.
    Socket(String),
}

/// The protection of a connection over TCP. A Unix socket never has TLS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// The requirements for the server.
    pub mode: TlsMode,
    /// A PEM file with trusted certificates; without one, the system's and Mozilla's are trusted.
    pub ca: Option<PathBuf>,
}

impl TlsSettings {
    /// Whether nothing is asked of the server's certificate.
    pub(super) fn takes_any_certificate(&self) -> bool {
        matches!(self.mode, TlsMode::Preferred | TlsMode::Required)
    }
}

/// The requirements for the server, in the steps of MySQL's own `ssl-mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// No TLS (`tls=false`).
    Disabled,
    /// TLS if the server offers it, without a check of its certificate (`tls=preferred`); the default of
    /// MySQL's clients.
    #[default]
    Preferred,
    /// TLS without a check of the certificate (`tls=skip-verify`).
    Required,
    /// TLS with a certificate signed by a trusted authority; the meaning of `tls-ca` alone.
    VerifyCa,
    /// The same, with a check of the host name (`tls=true`).
    VerifyIdentity,
}

impl FromStr for Dsn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text).map_err(Error::Dsn)
    }
}

fn parse(text: &str) -> Result<Dsn, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::Empty);
    }
    let after_scheme = ["mysql://", "mariadb://"].iter().find_map(|it| text.strip_prefix(it));
    match after_scheme {
        Some(rest) => go::parse(rest, go::Addresses::Written).unwrap_or_else(|| url::parse(rest)),
        None => go::parse(text, go::Addresses::Optional)
            .or_else(|| is_postgres(text).then_some(Err(Problem::Postgres)))
            .or_else(|| go::parse(text, go::Addresses::Bare))
            .unwrap_or_else(|| Err(unreadable(text))),
    }
}

fn is_postgres(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// The problem of a DSN that has none of the forms.
fn unreadable(text: &str) -> Problem {
    if text.contains('/') { Problem::Address } else { Problem::NoSlash }
}

impl Address {
    /// Reads `host:port`, `host`, `[::1]:port`, `::1` or an empty text.
    fn tcp(text: &str) -> Result<Self, Problem> {
        if text.contains(['(', ')', '/', '@', '?']) {
            return Err(Problem::Address);
        }
        let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, ""),
            Some((host, port)) => (host, port.strip_prefix(':').ok_or(Problem::Address)?),
            None if text.matches(':').count() > 1 => (text, ""),
            None => text.split_once(':').unwrap_or((text, "")),
        };
        if host.contains(['[', ']']) {
            return Err(Problem::Address);
        }
        let host = if host.is_empty() { DEFAULT_HOST } else { host }.to_owned();
        let port = match port {
            "" => DEFAULT_PORT,
            digits => digits.parse().ok().filter(|&port| port > 0).ok_or(Problem::Port)?,
        };
        Ok(Self::Tcp { host, port })
    }
}

/// Percent-decodes, and rejects incomplete escapes.
fn decode(text: &str) -> Result<String, Problem> {
    crate::url::decode(text).map(Into::into).map_err(|_| Problem::Escape)
}

#[cfg(test)]
mod tests;
