//! Connecting: TCP or socket, TLS, login.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mysql_async::{Conn, OptsBuilder};
use tokio::time::timeout;

use super::connection::Connection;
use super::running::enter_opening;
use super::{
    Access, Address, Dsn, Error, Server, ServerIdentity, TlsMode, TlsProblem, identity, session,
    tls, tunnel,
};
use crate::activity::{Activity, OPENING};
use crate::sql::Dialect::MySql;
use crate::unencrypted;

/// The time limit for a connection, unless the DSN sets one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// TCP keepalive interval: keeps firewalls from dropping idle connections and detects dead servers.
const KEEPALIVE: Duration = Duration::from_mins(1);

/// The maximum size of a packet (reference manual, "Packet Too Large").
const LARGEST_PACKET: usize = 1 << 30;

impl Connection {
    /// Connects, logs in and configures the session, within the DSN's `timeout` or ten seconds.
    ///
    /// [`TlsMode::Preferred`], the default, falls back to plain text if the server offers no working TLS.
    /// Without TLS, a password that `caching_sha2_password` requests in full is encrypted with the server's
    /// RSA key. A Unix socket never has TLS.
    ///
    /// Refuses a server other than the one that earlier sessions of this DSN reached.
    pub async fn connect(dsn: &Dsn, access: Access) -> Result<Self, Error> {
        let limit = dsn.timeout.unwrap_or(CONNECT_TIMEOUT);
        let activity = Activity::new(MySql);
        let _opening = enter_opening(dsn, &activity);
        let _waiting = activity.send(OPENING);
        let attempt = timeout(limit, log_in(dsn)).await;
        let mut driver = attempt
            .unwrap_or_else(|_| Err(Error::Timeout { address: dsn.address.to_string(), limit }))?;
        let configured = timeout(limit, Box::pin(configure(&mut driver, dsn, access))).await;
        let (server, identity) = configured
            .unwrap_or_else(|_| Err(Error::Timeout { address: dsn.address.to_string(), limit }))?;
        Ok(Self::new(driver, server, identity, dsn))
    }
}

pub(super) async fn log_in(dsn: &Dsn) -> Result<Conn, Error> {
    let base = OptsBuilder::default()
        .user(Some(&dsn.user))
        .pass(Some(dsn.password.expose()).filter(|password| !password.is_empty()))
        .db_name(dsn.database.as_ref())
        .tcp_nodelay(true)
        .tcp_keepalive(Some(KEEPALIVE))
        .prefer_socket(false)
        .max_allowed_packet(Some(LARGEST_PACKET))
        .wait_timeout(Some(0));
    let (host, port) = match &dsn.address {
        Address::Socket(path) => return enter(base.socket(Some(path)), dsn).await,
        Address::Tcp { host, port } => (host, *port),
    };
    let addresses = find(host).await?;
    let tcp =
        base.clone().ip_or_hostname(host).tcp_port(port).resolved_ips(Some(addresses.clone()));
    let secured = tcp.clone().ssl_opts(tls::driver_options(&dsn.tls)?);
    let (outcome, is_plain) = match enter(secured, dsn).await {
        Err(error) if dsn.tls.takes_any_certificate() && is_about_version_1(&error) => {
            let addresses: Vec<_> = addresses.iter().map(|&ip| SocketAddr::new(ip, port)).collect();
            let socket = tunnel::open(host, &addresses).await.map_err(|source| {
                Error::Unreachable { address: dsn.address.to_string(), source }
            })?;
            (enter(base.socket(Some(socket)), dsn).await, false)
        }
        Err(error) if dsn.tls.mode == TlsMode::Preferred && is_about_tls(&error) => {
            (enter(tcp, dsn).await, true)
        }
        outcome => (outcome, dsn.tls.mode == TlsMode::Disabled),
    };
    if outcome.is_ok() && is_plain {
        unencrypted::record(host, format!("the MySQL server at `{}`", dsn.address));
    }
    outcome
}

/// Whether the server has no working TLS; some servers close the connection then.
fn is_about_tls(error: &Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    match error {
        Error::Tls { .. } => true,
        Error::Unreachable { source, .. } => {
            matches!(source.kind(), BrokenPipe | ConnectionReset | UnexpectedEof)
        }
        _ => false,
    }
}

/// Whether the server's certificate is of a version that the driver's TLS library does not read.
fn is_about_version_1(error: &Error) -> bool {
    matches!(error, Error::Tls { source: TlsProblem::Version1, .. })
}

async fn enter(options: OptsBuilder, dsn: &Dsn) -> Result<Conn, Error> {
    Conn::new(options).await.map_err(|error| Error::of_connection(error, dsn))
}

async fn find(host: &str) -> Result<Vec<IpAddr>, Error> {
    let found = tokio::net::lookup_host((host, 0)).await;
    let addresses: Vec<IpAddr> = found
        .map_err(|source| Error::UnknownHost { host: host.to_owned(), source })?
        .map(|address: SocketAddr| address.ip())
        .collect();
    Ok(addresses)
}

/// Configures a new session, and reads which server it is connected to.
async fn configure(
    driver: &mut Conn,
    dsn: &Dsn,
    access: Access,
) -> Result<(Server, ServerIdentity), Error> {
    let server = identity::read_server(driver).await?;
    session::configure_session(driver, access).await?;
    let identity = identity::identify(driver, &server).await?;
    let address = dsn.address.to_string();
    identity::require_same(&address, &dsn.instances.first(&address, &identity), &identity)?;
    Ok((server, identity))
}
