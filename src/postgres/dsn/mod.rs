//! DSNs of PostgreSQL databases, by libpq's rules.

mod auth;
mod defaults;
mod keywords;
mod known;
mod parameters;
mod passfile;
mod problem;
mod render;
mod tls;
mod url;

use std::collections::BTreeMap;
use std::time::Duration;

pub use auth::{AuthMethod, AuthMethods};
pub use defaults::Defaults;
pub use problem::Problem;
pub use tls::{ChannelBinding, RootCertificates, TlsMode, TlsSettings, TlsVersions};

use super::{Error, ServerIdentity};
use crate::instance::Instances;
use crate::parameter::Unrecognised;
use crate::secret::Secret;
use crate::unencrypted::is_this_machine;
use parameters::Parameters;

const DEFAULT_PORT: u16 = 5432;
/// Proxies and firewalls close connections that are idle for a minute or longer.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The address of a PostgreSQL database and the login: the DSN, completed by libpq's defaults.
///
/// `Display` and `Debug` show neither the password nor the parameters; [`Dsn::render`] gives the
/// whole URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Dsn {
    /// The server.
    pub host: Host,
    /// The address that replaces the look-up of the host name (`hostaddr`).
    pub address: Option<std::net::IpAddr>,
    /// The port, which is also a part of a socket's file name.
    pub port: u16,
    /// The role.
    pub user: String,
    /// The password; empty if none is given.
    pub password: Secret,
    /// The database; the role's name if none is given.
    pub database: String,
    /// TLS and trusted certificates.
    pub tls: TlsSettings,
    /// `require_auth`: the methods by which the server may let the role log in.
    pub auth: AuthMethods,
    /// The time limit for a connection; zero means no limit.
    pub connect_timeout: Option<Duration>,
    /// The session's name in `pg_stat_activity`.
    pub application_name: Option<String>,
    /// Settings for the start of the session, such as `-c geqo=off`.
    pub options: Option<String>,
    /// Every other parameter, such as Mattermost's `binary_parameters`.
    pub parameters: BTreeMap<String, String>,
    /// The interval at which an idle session sends an empty query, so that it is not closed as idle.
    pub keep_alive: Duration,
    /// The server instances that sessions of this DSN, or of a clone of it, have reached.
    pub instances: Instances<ServerIdentity>,
}

/// The host of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A host name or an IP address, the latter without brackets.
    Tcp(String),
    /// The directory of a Unix socket, such as `/var/run/postgresql`.
    Socket(String),
}

impl Host {
    /// The value of `host=`: a path means a socket.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        if name.starts_with('/') { Self::Socket(name) } else { Self::Tcp(name) }
    }

    /// The name, address or path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tcp(text) | Self::Socket(text) => text,
        }
    }
}

impl Dsn {
    /// Whether it refers to this machine, possibly to a container on it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match &self.host {
            Host::Socket(_) => true,
            Host::Tcp(name) => is_this_machine(name),
        }
    }

    /// Parameters that neither libpq nor lib/pq know, the latter being Mattermost's driver: it sends them
    /// to the server as settings.
    #[must_use]
    pub fn unrecognised(&self) -> Vec<Unrecognised> {
        let unknown = self.parameters.keys().filter(|name| !known::is_known(name));
        unknown
            .map(|name| Unrecognised { name: name.clone(), nearest: known::meant(name) })
            .collect()
    }

    /// Reads a `postgres://` or `postgresql://` URL or a `host=… dbname=…` string.
    ///
    /// Missing parts come from `defaults`, then from libpq's own rules (PostgreSQL manual, "Database
    /// Connection Control Functions"). Two things differ from libpq: an unknown parameter is kept, and of
    /// several `@` before the host the last one ends the password, as in Mattermost itself. Several hosts are
    /// refused: a target is one server.
    pub fn parse(text: &str, defaults: &Defaults) -> Result<Self, Error> {
        Self::read(text.trim(), defaults).map_err(|problem| Error::BadDsn { problem })
    }

    fn read(text: &str, defaults: &Defaults) -> Result<Self, Problem> {
        if text.is_empty() {
            return Err(Problem::Empty);
        }
        if is_mysql(text) {
            return Err(Problem::MySql);
        }
        let given = match url::without_scheme(text) {
            Some(rest) => url::parse(rest)?,
            None => keywords::parse(text)?,
        };
        let mut parameters = Parameters::new(given, defaults)?;
        let port = parameters.port()?.unwrap_or(DEFAULT_PORT);
        let address = parameters.address()?;
        let host = match (parameters.host()?, address) {
            (Some(name), _) => Host::new(name),
            (None, Some(address)) => Host::Tcp(address.to_string()),
            (None, None) => defaults.local_host(port),
        };
        let user = parameters.user().or_else(|| defaults.os_user.clone());
        let user = user.ok_or(Problem::NoUser)?;
        let database = parameters.database().unwrap_or_else(|| user.clone());
        let password = parameters.password().unwrap_or_else(|| {
            let password = defaults
                .passfile
                .as_ref()
                .and_then(|text| passfile::password(text.expose(), &host, port, &database, &user));
            password.unwrap_or_default()
        });
        let auth = parameters.auth(&host)?;
        Ok(Self {
            host,
            address,
            port,
            user,
            password,
            database,
            tls: parameters.tls()?,
            auth,
            connect_timeout: parameters.connect_timeout()?,
            application_name: parameters.application_name(),
            options: parameters.options(),
            parameters: parameters.into_rest()?,
            keep_alive: KEEP_ALIVE,
            instances: Instances::default(),
        })
    }
}

/// Whether a text has a form that only DSNs of MySQL have.
fn is_mysql(text: &str) -> bool {
    if url::without_scheme(text).is_some() {
        return false;
    }
    let has_scheme = text.starts_with("mysql://") || text.starts_with("mariadb://");
    has_scheme || ["@tcp(", "@unix(", "@("].iter().any(|address| text.contains(address))
}

#[cfg(test)]
mod tests {
    use super::{Defaults, Dsn, Host, Problem, TlsMode, TlsVersions};
    use crate::secret::Secret;

    fn defaults() -> Defaults {
        Defaults { os_user: Some("admin".into()), ..Defaults::default() }
    }

    fn parse(text: &str) -> Dsn {
        Dsn::read(text, &defaults()).expect(text)
    }

    fn problem(text: &str) -> Problem {
        Dsn::read(text, &defaults()).expect_err(text)
    }

    #[test]
    fn a_whole_url_says_everything() {
        let dsn = parse(
            "postgres://mm%20user:p%40ss%2Fw%3Ard@db.example.com:6432/mattermost\
             ?sslmode=verify-full&connect_timeout=3&binary_parameters=yes",
        );
        assert_eq!(dsn.host, Host::Tcp("db.example.com".into()));
        assert_eq!((dsn.port, dsn.user.as_str()), (6432, "mm user"));
        assert_eq!(dsn.password, Secret::new("p@ss/w:rd"));
        assert_eq!(dsn.database, "mattermost");
        assert_eq!(dsn.tls.mode, TlsMode::VerifyFull);
        assert_eq!(dsn.connect_timeout.map(|limit| limit.as_secs()), Some(3));
        assert_eq!(dsn.parameters["binary_parameters"], "yes");
    }

    #[test]
    fn what_is_missing_follows_libpq() {
        let dsn = parse("postgres://u:p@host");
        assert_eq!((dsn.port, dsn.database.as_str()), (5432, "u"));
        assert_eq!(dsn.tls.mode, TlsMode::Prefer);
        let dsn = parse("postgresql://");
        assert_eq!(dsn.host, Host::Tcp("localhost".into()));
        assert_eq!((dsn.user.as_str(), dsn.database.as_str()), ("admin", "admin"));
        assert_eq!(Dsn::read("postgres://h", &Defaults::default()), Err(Problem::NoUser));
    }

    #[test]
    fn every_spelling_of_a_socket_and_of_an_ipv6_address_is_understood() {
        let socket = Host::Socket("/var/run/postgresql".into());
        for text in [
            "postgres:///db?host=/var/run/postgresql",
            "postgres://u@%2Fvar%2Frun%2Fpostgresql/db",
            "host=/var/run/postgresql dbname=db",
        ] {
            assert_eq!(parse(text).host, socket, "{text}");
        }
        let dsn = parse("postgres://u@[2001:db8::1]:6543/db");
        assert_eq!((dsn.host, dsn.port), (Host::Tcp("2001:db8::1".into()), 6543));
    }

    #[test]
    fn a_query_parameter_overrides_the_same_thing_before_it() {
        let dsn = parse("postgres://u:p@h:1/db?user=v&password=q&host=i&port=2&dbname=e");
        assert_eq!((dsn.user.as_str(), dsn.password.expose()), ("v", "q"));
        assert_eq!((dsn.host, dsn.port, dsn.database.as_str()), (Host::Tcp("i".into()), 2, "e"));
    }

    #[test]
    fn each_mistake_has_its_own_words() {
        for (text, expected) in [
            ("", Problem::Empty),
            ("mattermost", Problem::NeitherForm),
            ("mmuser:pw@tcp(db:3306)/mm?charset=utf8mb4", Problem::MySql),
            ("mysql://mmuser:pw@db/mm", Problem::MySql),
            ("postgres://u:p@h1,h2/db", Problem::SeveralHosts),
            ("postgres://u:p@h:port/db", Problem::Port),
            ("postgres://u:p@h:0/db", Problem::Port),
            ("postgres://u:p/w@h/db", Problem::SlashInPassword),
            ("postgres://u:12/w@h/db", Problem::SlashInPassword),
            ("postgres://u:100%@h/db", Problem::Percent),
            ("postgres://u:%ff@h/db", Problem::Encoding),
            ("postgres://u@[::1/db", Problem::Brackets),
            ("postgres://u@h/db?sslmode=on", Problem::TlsMode),
            ("postgres://u@h/db?sslrootcert=system&sslmode=require", Problem::WeakTlsMode),
            ("postgres://u@h/db?sslcert=me.pem", Problem::ClientCertificate),
            ("postgres://u@h/db?connect_timeout=soon", Problem::ConnectTimeout),
            (
                "postgres://u@h/db?SSLMODE=verify-full",
                Problem::UnrecognisedSecurity { nearest: Some("sslmode") },
            ),
            (
                "postgres://u@h/db?sslmod=require",
                Problem::UnrecognisedSecurity { nearest: Some("sslmode") },
            ),
            ("postgres://u@h/db?encryption=on", Problem::UnrecognisedSecurity { nearest: None }),
            ("postgres://u@h/db?ssl_min_protocol_version=TLSv1.4", Problem::ProtocolVersion),
            ("postgres://u@h/db?ssl_max_protocol_version=TLSv1.1", Problem::NoProtocolVersion),
            ("postgres://u@h/db?sslcrl=revoked.pem", Problem::RevocationUnused),
            ("postgres://u@h/db?service=mm", Problem::Service),
            ("postgres://u@h/db?sslmode", Problem::NoEqualsSign),
            ("host=h user", Problem::NoEqualsSign),
            ("host='h user=u", Problem::Quote),
        ] {
            assert_eq!(problem(text), expected, "{text}");
        }
    }

    #[test]
    fn a_protection_that_does_not_exist_is_refused_by_name() {
        for text in [
            "gssencmode=require",
            "requirepeer=postgres",
            "sslcertmode=require",
            "sslcrldir=/etc/crl",
            "sslinline=true",
            "sslnegotiation=direct",
            "sslpassword=x",
        ] {
            let (name, _) = text.split_once('=').expect("a pair");
            let found = problem(&format!("postgres://u@h/db?{text}"));
            assert!(matches!(found, Problem::Unsupported { parameter, .. } if parameter == name));
        }
        for text in ["gssencmode=prefer", "sslcompression=1", "sslsni=0", "sslinline=false"] {
            assert_eq!(parse(&format!("postgres://u@h/db?{text}")).unrecognised(), []);
        }
    }

    #[test]
    fn methods_of_authentication_are_allowed_by_name() {
        let dsn = parse("postgres://u@h/db?require_auth=scram-sha-256,md5");
        assert_eq!(dsn.auth.to_string(), "md5,scram-sha-256");
        let everything = parse("postgres://u@h/db?require_auth=");
        assert!(everything.auth.are_all());
        let unknown = problem("postgres://u@h/db?require_auth=oauth");
        assert_eq!(unknown, Problem::RequireAuth);
        // The driver gives no way to look at what arrives through a socket.
        let socket = problem("host=/run user=u dbname=db require_auth=none");
        assert!(matches!(socket, Problem::Unsupported { parameter: "require_auth", .. }));
    }

    #[test]
    fn the_tls_versions_have_limits() {
        let versions = |text: &str| parse(&format!("postgres://u@h/db?{text}")).tls.versions;
        assert_eq!(versions("ssl_min_protocol_version=TLSv1.3"), TlsVersions::Only13);
        assert_eq!(versions("ssl_max_protocol_version=TLSv1.2"), TlsVersions::Only12);
        assert_eq!(versions("ssl_min_protocol_version=TLSv1"), TlsVersions::Both);
        assert_eq!(parse("postgres://u@h/db?requiressl=1").tls.mode, TlsMode::Require);
    }

    #[test]
    fn what_has_no_effect_is_named() {
        let dsn = parse("postgres://u@h/db?binary_parameters=yes&connect_timeuot=5&geqo=off");
        let found = dsn.unrecognised();
        let found: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.nearest)).collect();
        assert_eq!(found, [("connect_timeuot", Some("connect_timeout")), ("geqo", None)]);
    }

    #[test]
    fn no_error_repeats_what_was_typed() {
        let error = Dsn::parse("postgres://u:hunter2%@h/db", &defaults()).expect_err("a bare %");
        let shown = format!("{error} {error:?} {:?}", error.hint());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
