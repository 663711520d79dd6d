//! Errors of MySQL and MariaDB servers.

use std::io;
use std::path::PathBuf;

use mysql_async::ServerError;

use super::dsn::Problem;

/// Why an operation on a MySQL server failed.
///
/// No variant contains a password or the value of a cell.
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
        source: io::Error,
    },
    /// The server did not answer in time.
    #[error("no MySQL server answered at `{address}` within {} s", limit.as_secs_f32())]
    Timeout {
        /// `host:port`, or a socket's path.
        address: String,
        /// The time limit.
        limit: std::time::Duration,
    },
    /// The server rejected the login.
    #[error("the server does not let `{user}` in from `{client}`")]
    AccessDenied {
        /// The account name.
        user: String,
        /// The client's host, as the server sees it.
        client: String,
        /// Whether a password was given.
        with_password: bool,
    },
    /// The account has no access to the database, or the database does not exist.
    #[error("`{user}` has no right to use the database `{database}`")]
    DatabaseDenied {
        /// The account name.
        user: String,
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
    /// The account uses an unsupported authentication plugin.
    #[error("`{user}` logs in by `{plugin}`, which is not supported")]
    Authentication {
        /// The account name.
        user: String,
        /// The authentication plugin.
        plugin: String,
    },
    /// The server answered the login with something that belongs to no login.
    #[error("cannot log in as `{user}`: the server asked for something else after the password")]
    LoginMethods {
        /// The account name.
        user: String,
    },
    /// The connection could not be protected as requested.
    #[error("cannot secure the connection to `{address}`")]
    Tls {
        /// `host:port`.
        address: String,
        source: TlsProblem,
    },
    /// The file with trusted certificates cannot be used.
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
    /// The session does not have a required setting.
    #[error("cannot set `{name}` to {wanted} for a session: it stays {found}")]
    Setting {
        /// The variable.
        name: String,
        /// The required value.
        wanted: String,
        /// The actual value.
        found: String,
    },
    /// The server rejected a statement.
    #[error("server error {code} ({sqlstate}): {message}")]
    Server {
        /// The error code.
        code: u16,
        sqlstate: String,
        /// The message in English, without any value.
        message: String,
    },
    /// An answer of an unexpected form.
    #[error("the MySQL server's answer cannot be understood: {0}")]
    Unexpected(String),
}

/// Why TLS failed.
#[derive(Debug, thiserror::Error)]
pub enum TlsProblem {
    /// The server has no TLS.
    #[error("the server offers no TLS")]
    NotOffered,
    /// The server accepts only TLS.
    #[error("the server takes no connection without TLS")]
    Demanded,
    /// No trusted authority signed the certificate.
    #[error("the server's certificate is not signed by a trusted authority")]
    UnknownIssuer,
    /// The certificate is of X.509 version 1, which the TLS library does not read.
    #[error("the server's certificate is of X.509 version 1")]
    Version1,
    /// The certificate is not the host's.
    #[error("the server's certificate is not made out to that host")]
    WrongName,
    /// Another problem, in the words of the TLS library.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// The error code, if the server rejected a statement.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Server { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether the account lacks a privilege for the statement, or for a database, table or column in it.
    #[must_use]
    pub fn is_privilege_missing(&self) -> bool {
        matches!(self.code(), Some(1044 | 1045 | 1142 | 1143 | 1227 | 1370))
    }

    /// Whether the server cannot show a text in its own character set: the tables of `information_schema` that
    /// contain statements are unreadable while a statement with a character of four bytes runs (MySQL reference
    /// manual, error `ER_CANNOT_CONVERT_STRING`).
    #[must_use]
    pub fn is_text_unconvertible(&self) -> bool {
        self.code() == Some(3854)
    }

    /// Whether a table in the statement does not exist.
    #[must_use]
    pub fn is_table_missing(&self) -> bool {
        self.code() == Some(1146)
    }

    /// Whether the session that a statement names has ended.
    #[must_use]
    pub fn is_session_missing(&self) -> bool {
        self.code() == Some(1094)
    }

    /// Whether a row would violate a unique index, a foreign key or a check.
    #[must_use]
    pub fn is_constraint_violation(&self) -> bool {
        let codes = [1062, 1169, 1451, 1452, 1586, 1761, 3140, 3819, 4025];
        self.code().is_some_and(|code| codes.contains(&code))
    }

    /// Whether something depends on what a statement drops: a foreign key, another column, or a unique index
    /// whose remaining columns have duplicates.
    #[must_use]
    pub fn is_drop_restricted(&self) -> bool {
        let codes = [1062, 1072, 1090, 1217, 1451, 1553, 1828, 1829, 3108, 3730, 3837, 3959, 4052];
        self.code().is_some_and(|code| codes.contains(&code))
    }

    /// Whether the server does not show how an account logs in: it lacks the statement, the account lacks the
    /// privilege, or the server runs without privilege tables.
    #[must_use]
    pub fn is_account_hidden(&self) -> bool {
        matches!(self.code(), Some(1064 | 1142 | 1227 | 1290 | 1396))
    }

    /// Whether the connection broke or none came about, so that another attempt can succeed.
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Unreachable { .. } | Self::Timeout { .. })
            || self.is_too_many_connections()
    }

    /// Whether a lock was not granted in time.
    #[must_use]
    pub fn is_lock_timeout(&self) -> bool {
        self.code() == Some(1205)
    }

    /// Whether the server or the account has no connection left.
    #[must_use]
    pub fn is_too_many_connections(&self) -> bool {
        matches!(self.code(), Some(1040 | 1203 | 1226))
    }

    /// Whether the server does not have a statement or a function in its version.
    #[must_use]
    pub fn is_unknown_statement(&self) -> bool {
        matches!(self.code(), Some(1064 | 1305))
    }

    /// Whether the server does not have a table or its database, such as one of its own in another version.
    #[must_use]
    pub fn is_unknown_table(&self) -> bool {
        matches!(self.code(), Some(1049 | 1109 | 1146))
    }

    /// Whether a statement gave up waiting for a lock, or was killed.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        matches!(self.code(), Some(1205 | 1213 | 1317 | 1969 | 3024 | 3572))
    }

    /// Whether the server does not have a system variable in its version.
    #[must_use]
    pub fn is_unknown_variable(&self) -> bool {
        self.code() == Some(1193)
    }

    /// Whether the server runs with an option that does not allow the statement.
    #[must_use]
    pub fn is_prevented_by_option(&self) -> bool {
        self.code() == Some(1290)
    }
}

/// Whether the server cannot go on reading its binary log; the message has the reason.
pub(super) fn is_log_unreadable(error: &ServerError) -> bool {
    error.code == 1236
}
