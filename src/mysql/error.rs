//! What can go wrong between us and the server.

use std::io;
use std::path::PathBuf;

use super::dsn::Problem;

/// Why something could not be done with a MySQL server.
///
/// No variant holds a password or the value of a cell.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The DSN cannot be read.
    #[error("cannot read the MySQL DSN")]
    Dsn(#[source] Problem),
    /// No address is known for the host.
    #[error("cannot find the host `{host}`")]
    UnknownHost {
        /// The host.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// Nothing listens there, or the way there is closed.
    #[error("cannot reach a MySQL server at `{address}`")]
    Unreachable {
        /// `host:port`, or a socket's path.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody answered in time.
    #[error("no MySQL server answered at `{address}` within {} s", limit.as_secs_f32())]
    Timeout {
        /// `host:port`, or a socket's path.
        address: String,
        /// How long we waited.
        limit: std::time::Duration,
    },
    /// The server does not let the account in.
    #[error("the server does not let `{user}` in from `{client}`")]
    AccessDenied {
        /// The account's name.
        user: String,
        /// Our host, as the server sees it.
        client: String,
        /// Whether a password was given.
        with_password: bool,
    },
    /// The account may not use the database, or it does not exist.
    #[error("`{user}` has no right to use the database `{database}`")]
    DatabaseDenied {
        /// The account's name.
        user: String,
        /// The database.
        database: String,
    },
    /// There is no such database.
    #[error("the server has no database `{database}`")]
    UnknownDatabase {
        /// The database.
        database: String,
    },
    /// The DSN names no database where one is needed.
    #[error("the MySQL DSN names no database")]
    NoDatabase,
    /// The account proves itself in a way that is not known here.
    #[error("`{user}` logs in by `{plugin}`, which is not supported")]
    Authentication {
        /// The account's name.
        user: String,
        /// The authentication plugin.
        plugin: String,
    },
    /// The line could not be protected as asked.
    #[error("cannot secure the connection to `{address}`")]
    Tls {
        /// `host:port`.
        address: String,
        /// What stood in the way.
        source: TlsProblem,
    },
    /// The file with the certificates to trust is of no use.
    #[error("cannot read certificates from `{}`", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// The connection broke, or was left in the middle of an answer.
    #[error("the connection to the MySQL server was lost")]
    Lost(#[source] io::Error),
    /// Sessions with one address reach several servers, or the server was restarted.
    #[error("sessions with `{address}` reach different servers: {first}; {other}")]
    DifferentServers {
        /// `host:port`, or a socket's path.
        address: String,
        /// The instance that answered first.
        first: String,
        /// The instance that answered now.
        other: String,
    },
    /// The session does not have a setting that it depends on.
    #[error("cannot set `{name}` to {wanted} for a session: it stays {found}")]
    Setting {
        /// The variable.
        name: String,
        /// What it has to be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// The server refuses a statement.
    #[error("server error {code} ({sqlstate}): {message}")]
    Server {
        /// MySQL's number of the error.
        code: u16,
        /// Its SQLSTATE.
        sqlstate: String,
        /// Its message in English, without any value.
        message: String,
    },
    /// An answer that is not of the kind that was asked for.
    #[error("the MySQL server's answer cannot be understood: {0}")]
    Unexpected(String),
}

/// What stood in the way of TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsProblem {
    /// The server has no TLS.
    #[error("the server offers no TLS")]
    NotOffered,
    /// The server has nothing but TLS.
    #[error("the server takes no connection without TLS")]
    Demanded,
    /// The certificate's signer is not among those trusted.
    #[error("the server's certificate is not signed by a trusted authority")]
    UnknownIssuer,
    /// The certificate is not the host's.
    #[error("the server's certificate is not made out to that host")]
    WrongName,
    /// Anything else, as the TLS library says it.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// MySQL's number of the error, where the server refused a statement.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Server { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether the account lacks a right: to the statement, or to a database, table or column in it.
    #[must_use]
    pub fn is_privilege_missing(&self) -> bool {
        matches!(self.code(), Some(1044 | 1045 | 1142 | 1143 | 1227 | 1370))
    }

    /// Whether a lock was not free in time.
    #[must_use]
    pub fn is_lock_timeout(&self) -> bool {
        self.code() == Some(1205)
    }

    /// Whether the server or the account has no connection left.
    #[must_use]
    pub fn is_too_many_connections(&self) -> bool {
        matches!(self.code(), Some(1040 | 1203 | 1226))
    }

    /// Whether the server does not know a statement or a function: it is of another version.
    #[must_use]
    pub fn is_unknown_statement(&self) -> bool {
        matches!(self.code(), Some(1064 | 1305))
    }

    /// Whether a statement gave up waiting for a lock, or was killed.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        matches!(self.code(), Some(1205 | 1213 | 1317 | 1969 | 3024 | 3572))
    }

    /// What the user can do next, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Dsn(problem) => Some(problem.hint()),
            Self::UnknownHost { .. } => {
                Some("check the host's name in the MySQL DSN, or give its address".to_owned())
            }
            Self::Unreachable { source, .. } => Some(reach_hint(source).to_owned()),
            Self::Timeout { .. } => Some(
                "check host, port and firewall, or wait longer with `timeout=60s` in the MySQL DSN"
                    .to_owned(),
            ),
            Self::AccessDenied { user, client, with_password } => {
                Some(account_hint(user, client, *with_password))
            }
            Self::DatabaseDenied { user, database } => Some(format!(
                "check the name of the database, or run as an administrator: \
                 GRANT SELECT ON `{database}`.* TO '{user}'@'…'"
            )),
            Self::UnknownDatabase { .. } => {
                Some("run `SHOW DATABASES` on the server and correct the MySQL DSN".to_owned())
            }
            Self::NoDatabase => Some(
                "write the database behind the slash: `…@tcp(host:3306)/mattermost`".to_owned(),
            ),
            Self::Authentication { .. } => Some(
                "create an account for the migration that logs in by `caching_sha2_password` or \
                 `mysql_native_password`"
                    .to_owned(),
            ),
            Self::Tls { source, .. } => source.hint().map(str::to_owned),
            Self::Certificates { .. } => {
                Some("give `tls-ca` a file with PEM certificates that can be read".to_owned())
            }
            Self::Lost(_) => Some(
                "check that the server still runs (its error log says more), and run again"
                    .to_owned(),
            ),
            Self::DifferentServers { .. } => Some(
                "name one server by its own address in the MySQL DSN, not a load balancer, a reader \
                 endpoint or a name for several servers; if the server was restarted meanwhile, run \
                 the same command again"
                    .to_owned(),
            ),
            Self::Setting { name, .. } => Some(format!(
                "name the server itself in the MySQL DSN instead of a proxy, or run as an \
                 administrator: SET GLOBAL {name} = DEFAULT;"
            )),
            Self::Server { code, .. } => server_hint(*code).map(str::to_owned),
            Self::Unexpected(_) => None,
        }
    }
}

impl TlsProblem {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotOffered => Some(
                "enable TLS on the server, or write `tls=false` in the MySQL DSN if the network \
                 between is trusted",
            ),
            Self::Demanded => Some(
                "write `tls=skip-verify` instead of `tls=false` in the MySQL DSN, or \
                 `tls=true&tls-ca=/path/to/ca.pem` to verify the server too",
            ),
            Self::UnknownIssuer => Some(
                "give the server's authority with `tls-ca=/path/to/ca.pem` in the MySQL DSN, or take \
                 any certificate with `tls=skip-verify`",
            ),
            Self::WrongName => Some(
                "connect by a name that the certificate carries, or write `ssl-mode=VERIFY_CA` in \
                 the MySQL DSN to accept any name",
            ),
            Self::Other(_) => None,
        }
    }
}

fn reach_hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => {
            "check that the server runs, and that host and port, or the socket's path, are its own"
        }
        io::ErrorKind::PermissionDenied => {
            "run as a user who may open the server's socket, or connect by `tcp(host:3306)`"
        }
        _ => "check host and port, and that a MySQL server listens there",
    }
}

fn account_hint(user: &str, client: &str, with_password: bool) -> String {
    if with_password {
        format!(
            "check user and password; the server's account must be '{user}'@'{client}' or match it"
        )
    } else {
        "give the password: `user:password@tcp(host:3306)/database`".to_owned()
    }
}

fn server_hint(code: u16) -> Option<&'static str> {
    match code {
        1040 | 1203 | 1226 => Some("run again when fewer connections to the server are open"),
        1129 => Some("run `mysqladmin flush-hosts` on the server, and run again"),
        1130 => Some("create an account on the server that may connect from this host"),
        1142 | 1143 | 1227 | 1370 => Some(
            "run as an administrator: GRANT SELECT ON `database`.* TO the account; fixes need INSERT, \
             UPDATE, DELETE and ALTER as well",
        ),
        1153 => Some("raise `max_allowed_packet` on the server, and run again"),
        1205 | 1213 => Some("stop Mattermost, and run again"),
        1317 => Some("run again when nobody ends its statements"),
        1290 | 1836 => Some("run against a server that takes writes, not a replica"),
        1820 | 1862 => {
            Some("log in with the `mysql` client once and give the account a new password")
        }
        3118 | 4151 => Some("run as an administrator: ALTER USER … ACCOUNT UNLOCK"),
        _ => None,
    }
}
