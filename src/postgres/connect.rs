//! From a DSN to a logged-in client.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding as DriverBinding, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{ChannelBinding, Dsn, Error, Host, Reason, TlsMode, tls};

/// How long a connection may take where the DSN says nothing.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that idles while the other side works must not be forgotten by a firewall.
const KEEPALIVE_IDLE: Duration = Duration::from_mins(1);
/// One to a machine that is gone is noticed after so many more questions at this distance.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;
/// How long what was sent may go unanswered, or the server take nothing more.
const UNANSWERED: Duration = Duration::from_mins(10);

/// What a connection is made of: the client, and TLS where it is used.
pub(super) type Parts = (Client, Option<MakeRustlsConnect>);

/// Logs in; what drives the connection runs as a task of its own from then on.
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

/// How long a connection, and each step of making it ready, may take; zero means for ever.
pub(super) fn limit(dsn: &Dsn) -> Duration {
    dsn.connect_timeout.unwrap_or(DEFAULT_TIMEOUT)
}

/// Makes a new session ready. A pool without a free server connection lets a session wait here.
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

/// Tries TLS and no TLS as `sslmode` allows.
async fn negotiate(dsn: &Dsn) -> Result<Parts, Error> {
    let mode = match dsn.host {
        Host::Socket(_) => TlsMode::Disable,
        Host::Tcp(_) => dsn.tls.mode,
    };
    match mode {
        TlsMode::Disable => without_tls(dsn).await,
        TlsMode::Allow | TlsMode::Prefer => match with_tls(dsn, SslMode::Prefer).await {
            // A server may refuse TLS as late as in pg_hba.conf.
            Err(Error::Tls { .. } | Error::NotAdmitted { .. }) => without_tls(dsn).await,
            outcome => outcome,
        },
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => {
            with_tls(dsn, SslMode::Require).await
        }
    }
}

async fn without_tls(dsn: &Dsn) -> Result<Parts, Error> {
    let attempt = config(dsn, SslMode::Disable).connect(NoTls).await;
    let (client, driver) = attempt.map_err(|error| explain(dsn, error))?;
    tokio::spawn(driver);
    Ok((client, None))
}

async fn with_tls(dsn: &Dsn, mode: SslMode) -> Result<Parts, Error> {
    let connector = tls::connector(&dsn.tls)?;
    let attempt = config(dsn, mode).connect(connector.clone()).await;
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
    if let Some(options) = &dsn.options {
        config.options(options);
    }
    config
}

/// Where the server should be: `HOST:PORT`, or the path of its socket.
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

/// Tells the failures of a connection's beginning apart.
fn explain(dsn: &Dsn, error: tokio_postgres::Error) -> Error {
    let user = dsn.user.clone();
    let database = dsn.database.clone();
    if let Some(refusal) = error.as_db_error() {
        return match (refusal.code().code(), refusal.routine()) {
            ("28P01", _) => Error::WrongPassword { user },
            // The message comes in the server's language; the function's name does not.
            ("28000", Some("InitializeSessionUserId")) => Error::RoleMissing { user },
            ("28000", _) => Error::NotAdmitted { user, database },
            ("3D000", _) => Error::DatabaseMissing { database },
            _ => error.into(),
        };
    }
    // The driver tells its kinds of error by their texts alone.
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
            Ok(source) => unreachable(dsn, *source),
            Err(_) => Error::Unexpected { what: kind },
        },
        (_, None) => unreachable(dsn, io::Error::new(io::ErrorKind::InvalidData, kind)),
    }
}
