//! Connecting: from a DSN to a logged-in client.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding as DriverBinding, SslMode, SslNegotiation};
use tokio_postgres::{Client, Config, NoTls};

use super::auth_guard::Connector;
use super::{ChannelBinding, Dsn, Error, Host, NotAllowed, Reason, TlsMode, tls};
use crate::unencrypted;

/// The time limit for a connection, unless the DSN sets one.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// TCP keepalive keeps firewalls from dropping a connection that idles while the other side works.
const KEEPALIVE_IDLE: Duration = Duration::from_mins(1);
/// A dead peer is detected after `KEEPALIVE_RETRIES` unanswered probes, `KEEPALIVE_INTERVAL` apart.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;
/// How long sent data may stay unacknowledged.
const UNANSWERED: Duration = Duration::from_mins(10);

/// A client, and what opens streams for it, unless they are plain ones.
pub(super) type Parts = (Client, Option<Connector>);

/// Logs in; a separate task drives the connection from then on.
pub(super) async fn connect(dsn: &Dsn) -> Result<Parts, Error> {
    let limit = limit(dsn);
    if limit.is_zero() {
        return negotiate(dsn).await;
    }
    tokio::time::timeout(limit, negotiate(dsn)).await.unwrap_or_else(|_| {
        let words = format!("no answer within {} s", limit.as_secs());
        Err(unreachable(dsn, io::Error::new(io::ErrorKind::TimedOut, words)))
    })
}

/// The time limit for a connection, and for each step of its setup; zero means no limit.
pub(super) fn limit(dsn: &Dsn) -> Duration {
    dsn.connect_timeout.unwrap_or(DEFAULT_TIMEOUT)
}

/// Prepares a new session. A pool without a free server connection lets a session wait here.
pub(super) async fn within<T>(
    dsn: &Dsn,
    prepared: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let limit = limit(dsn);
    if limit.is_zero() {
        return prepared.await;
    }
    // The probe of a pool waits for a second session within the same time.
    tokio::time::timeout(limit * 2, prepared).await.unwrap_or_else(|_| {
        Err(Error::NotServed { address: address(dsn), seconds: (limit * 2).as_secs() })
    })
}

/// Tries TLS and plain text as `sslmode` allows.
async fn negotiate(dsn: &Dsn) -> Result<Parts, Error> {
    let mode = match dsn.host {
        Host::Socket(_) => TlsMode::Disable,
        Host::Tcp(_) => dsn.tls.mode,
    };
    match mode {
        TlsMode::Disable => without_tls(dsn).await,
        TlsMode::Allow | TlsMode::Prefer => match with_tls(dsn).await {
            // A server may reject TLS as late as in pg_hba.conf.
            Err(Error::Tls { .. } | Error::NotAdmitted { .. }) => without_tls(dsn).await,
            outcome => outcome,
        },
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => with_tls(dsn).await,
    }
}

async fn without_tls(dsn: &Dsn) -> Result<Parts, Error> {
    let parts = if dsn.auth.are_all() {
        let attempt = config(dsn, SslMode::Disable).connect(NoTls).await;
        let (client, driver) = attempt.map_err(|error| explain(dsn, error))?;
        tokio::spawn(driver);
        (client, None)
    } else {
        // The driver wraps a stream at once in what it takes for TLS: here, in plain text that is guarded.
        let mut config = config(dsn, SslMode::Require);
        config.ssl_negotiation(SslNegotiation::Direct);
        open(dsn, &config, Connector { tls: None, allowed: dsn.auth.clone() }).await?
    };
    if let Host::Tcp(host) = &dsn.host {
        unencrypted::record(host, format!("the PostgreSQL server at `{}`", address(dsn)));
    }
    Ok(parts)
}

async fn with_tls(dsn: &Dsn) -> Result<Parts, Error> {
    let connector = Connector { tls: Some(tls::connector(&dsn.tls)?), allowed: dsn.auth.clone() };
    open(dsn, &config(dsn, SslMode::Require), connector).await
}

async fn open(dsn: &Dsn, config: &Config, connector: Connector) -> Result<Parts, Error> {
    let attempt = config.connect(connector.clone()).await;
    let (client, driver) = attempt.map_err(|error| explain(dsn, error))?;
    tokio::spawn(driver);
    Ok((client, Some(connector)))
}

fn config(dsn: &Dsn, mode: SslMode) -> Config {
    let mut config = Config::new();
    match &dsn.host {
        Host::Tcp(name) => config.host(name),
        Host::Socket(path) => config.host_path(path),
    };
    if let Some(address) = dsn.address {
        config.hostaddr(address);
    }
    config
        .port(dsn.port)
        .user(&dsn.user)
        .dbname(&dsn.database)
        .application_name(dsn.application_name.as_deref().unwrap_or(env!("CARGO_PKG_NAME")))
        .ssl_mode(mode)
        .keepalives_idle(KEEPALIVE_IDLE)
        .keepalives_interval(KEEPALIVE_INTERVAL)
        .keepalives_retries(KEEPALIVE_RETRIES)
        .tcp_user_timeout(UNANSWERED)
        .channel_binding(match dsn.tls.channel_binding {
            ChannelBinding::Disable => DriverBinding::Disable,
            ChannelBinding::Prefer => DriverBinding::Prefer,
            ChannelBinding::Require => DriverBinding::Require,
        });
    if !dsn.password.is_empty() {
        config.password(dsn.password.expose());
    }
    if let Some(options) = options(dsn) {
        config.options(options);
    }
    config
}

/// The parameter of a DSN that Mattermost's driver hands on to the server and that decides about searches.
const TEXT_SEARCH: &str = "default_text_search_config";

/// The options of the session: what the DSN says, with its text search configuration.
fn options(dsn: &Dsn) -> Option<String> {
    let Some(configuration) = dsn.parameters.get(TEXT_SEARCH) else { return dsn.options.clone() };
    // The server splits options at blanks (PostgreSQL manual, "Database Connection Control Functions").
    let value = configuration.replace('\\', "\\\\").replace(' ', "\\ ");
    let given = dsn.options.as_deref().unwrap_or_default();
    Some(format!("{given} -c {TEXT_SEARCH}={value}"))
}

/// The address of the server: `HOST:PORT`, or the path of its socket.
pub(super) fn address(dsn: &Dsn) -> String {
    match &dsn.host {
        Host::Socket(path) => format!("{path}/.s.PGSQL.{}", dsn.port),
        Host::Tcp(name) if name.contains(':') => format!("[{name}]:{}", dsn.port),
        Host::Tcp(name) => format!("{name}:{}", dsn.port),
    }
}

fn unreachable(dsn: &Dsn, source: io::Error) -> Error {
    Error::Unreachable { address: address(dsn), reason: Reason::of(&source), source }
}

/// Distinguishes the failures of a connection attempt.
fn explain(dsn: &Dsn, error: tokio_postgres::Error) -> Error {
    let user = dsn.user.clone();
    let database = dsn.database.clone();
    if let Some(refusal) = error.as_db_error() {
        return match (refusal.code().code(), refusal.routine()) {
            ("28P01", _) => Error::WrongPassword { user },
            // The message is in the server's language; the function's name is not.
            ("28000", Some("InitializeSessionUserId")) => Error::RoleMissing { user },
            ("28000", _) => Error::NotAdmitted { user, database },
            ("3D000", _) => Error::DatabaseMissing { database },
            _ => error.into(),
        };
    }
    // The driver distinguishes its kinds of error only by their texts.
    let kind = error.to_string();
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    match (kind.as_str(), error.into_source()) {
        ("error performing TLS handshake", Some(source)) => {
            Error::Tls { address: address(dsn), source }
        }
        ("authentication error", _) => Error::Login { user, reason: cause },
        ("invalid configuration", _) if cause == "password missing" => {
            Error::PasswordMissing { user }
        }
        (_, Some(source)) => match source.downcast::<io::Error>() {
            Ok(source) => match source.downcast::<NotAllowed>() {
                Ok(source) => Error::AuthMethod { user, source },
                Err(source) => unreachable(dsn, source),
            },
            Err(_) => Error::Unexpected { what: kind },
        },
        (_, None) => unreachable(dsn, io::Error::new(io::ErrorKind::InvalidData, kind)),
    }
}
