//! Where a MySQL server is, as whom to log in, and how the line is protected.

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
use crate::secret::Secret;
use crate::time_zone::TimeZone;

const DEFAULT_HOST: &str = "127.0.0.1";
const DEFAULT_PORT: u16 = 3306;
/// Proxies and firewalls cut connections off that are idle for a minute or longer.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// Where go-sql-driver looks when a DSN says `unix` and no path.
const DEFAULT_SOCKET: &str = "/tmp/mysql.sock";

/// A data source name.
///
/// Reads the form of go-sql-driver, `user:password@tcp(host:port)/database?parameters`, with
/// `unix(/path)` or a bare `host:port` as the address, nothing percent-decoded before the database
/// (its README, "DSN"); the same with `mysql://` in front, as Mattermost's `MM_CONFIG` has it; and
/// URLs, `mysql://user:password@host:port/database?parameters`, percent-decoded throughout.
///
/// Parameters: `tls` and `timeout` as in Go, `tls-ca` (`ssl-ca`) and `ssl-mode` as MySQL's own
/// clients take them, and in a URL `socket`. Any other is kept and has no effect here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dsn {
    /// The account's name.
    pub user: String,
    /// Its password; empty where it has none.
    pub password: Secret,
    /// Where the server listens.
    pub address: Address,
    /// The database, where one is named.
    pub database: Option<String>,
    /// How the line is protected.
    pub tls: TlsSettings,
    /// How long the server may take to let us in, where the DSN says so.
    pub timeout: Option<Duration>,
    /// Parameters without effect here, in their order.
    pub others: Vec<(String, Secret)>,
    /// After how long a waiting session asks the server for a sign of life, so that nothing in between
    /// cuts it off as idle.
    pub keep_alive: Duration,
    /// The instances that sessions of this DSN, or of a clone of it, have reached.
    pub instances: Instances<ServerIdentity>,
}

impl Dsn {
    /// The zones in which programs that connect by this DSN write local times: the session's
    /// `time_zone`, and `loc`, in which go-sql-driver writes Go's times (its README, "Parameters").
    #[must_use]
    pub fn time_zones(&self) -> Vec<TimeZone> {
        let of = |wanted: &str| {
            let mut others = self.others.iter();
            let (_, value) = others.rfind(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
            let text = value.expose().trim_matches(['\'', '"']);
            // A plus sign stands for a blank unless it is encoded.
            text.replace(' ', "+").parse().ok()
        };
        ["time_zone", "loc"].into_iter().filter_map(of).collect()
    }
}

/// Where a server listens.
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

/// How a connection over TCP is protected. A Unix socket needs no TLS and never has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// What is asked of the server.
    pub mode: TlsMode,
    /// A PEM file with the certificates to trust; without one, the system's and Mozilla's are.
    pub ca: Option<PathBuf>,
}

/// What is asked of the server, in the steps of MySQL's own `ssl-mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// No TLS (`tls=false`).
    Disabled,
    /// TLS where the server offers it, whatever its certificate, else none (`tls=preferred`); what
    /// MySQL's clients do when nothing is said.
    #[default]
    Preferred,
    /// TLS, whatever the certificate (`tls=skip-verify`).
    Required,
    /// TLS with a certificate signed by a trusted authority; what a given `tls-ca` alone means.
    VerifyCa,
    /// The same, and the certificate names the host (`tls=true`).
    VerifyIdentity,
}

impl Dsn {
    /// The same DSN for another database.
    #[must_use]
    pub fn with_database(&self, database: impl Into<String>) -> Self {
        Self { database: Some(database.into()), ..self.clone() }
    }
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

/// What is wrong with a DSN that has none of the forms.
fn unreadable(text: &str) -> Problem {
    if text.contains('/') { Problem::Address } else { Problem::NoSlash }
}

impl Address {
    /// Reads `host:port`, `host`, `[::1]:port`, `::1` or nothing at all.
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

/// Percent-decodes, refusing what only looks like an escape.
fn decode(text: &str) -> Result<String, Problem> {
    let hexadecimal = |escape: &str| {
        escape.as_bytes().first_chunk::<2>().is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(hexadecimal) {
        return Err(Problem::Escape);
    }
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| Problem::Escape)
}

#[cfg(test)]
mod tests;
