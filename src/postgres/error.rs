//! What can go wrong on the target's side, without any secret or cell value.

use std::io;
use std::path::PathBuf;

use super::{Problem, ServerError};

/// A failure of the target or of the way to it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A DSN cannot be understood.
    #[error("the PostgreSQL DSN cannot be read")]
    BadDsn {
        /// What is wrong with it.
        #[source]
        problem: Problem,
    },
    /// Nothing that answers like PostgreSQL is there.
    #[error("cannot reach PostgreSQL at `{address}`")]
    Unreachable {
        /// `HOST:PORT`, or the path of a socket.
        address: String,
        /// Why, as far as it is known.
        reason: Reason,
        /// The system's own words.
        source: io::Error,
    },
    /// The server asks for a password and none was given.
    #[error("PostgreSQL asks for the password of `{user}`, and none was given")]
    PasswordMissing {
        /// The role.
        user: String,
    },
    /// The password is wrong, or the role does not exist: the server does not tell which.
    #[error("PostgreSQL refused the password of `{user}`")]
    WrongPassword {
        /// The role.
        user: String,
    },
    /// The server's `pg_hba.conf` does not let this role in from here.
    #[error("PostgreSQL does not let `{user}` into database `{database}` from this address")]
    NotAdmitted {
        /// The role.
        user: String,
        /// The database.
        database: String,
    },
    /// The role does not exist or may not log in.
    #[error("PostgreSQL has no role `{user}` that may log in")]
    RoleMissing {
        /// The role.
        user: String,
    },
    /// The server and this client share no way to log in.
    #[error("cannot log in to PostgreSQL as `{user}`: {reason}")]
    Login {
        /// The role.
        user: String,
        /// What the client says about it.
        reason: String,
    },
    /// The database does not exist.
    #[error("PostgreSQL has no database `{database}`")]
    DatabaseMissing {
        /// The database.
        database: String,
    },
    /// No encrypted connection came about.
    #[error("cannot open a TLS connection to PostgreSQL at `{address}`")]
    Tls {
        /// `HOST:PORT`.
        address: String,
        /// What the handshake failed on.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file with certificates or a key is of no use.
    #[error("cannot use the certificate file `{}`", path.display())]
    CertificateFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The connection broke while it was in use.
    #[error("the connection to PostgreSQL was lost")]
    Lost,
    /// A pool gives each transaction or statement of a session another server connection.
    #[error("`{address}` is a connection pool in transaction or statement mode")]
    MovingSessions {
        /// `HOST:PORT`, or the path of a socket.
        address: String,
    },
    /// A session was accepted and got no answer.
    #[error("`{address}` accepted a session and did not answer it within {seconds} s")]
    NotServed {
        /// `HOST:PORT`, or the path of a socket.
        address: String,
        /// How long an answer was waited for.
        seconds: u64,
    },
    /// Sessions with one address reach several servers, or the server was restarted.
    #[error("sessions with `{address}` reach different PostgreSQL servers: {first}; {other}")]
    DifferentServers {
        /// `HOST:PORT`, or the path of a socket.
        address: String,
        /// The instance that answered first.
        first: String,
        /// The instance that answered now.
        other: String,
    },
    /// The session does not have a setting that it depends on.
    #[error("cannot set `{name}` to `{wanted}` for a session: it stays `{found}`")]
    Setting {
        /// The setting.
        name: String,
        /// What it has to be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// The server refused something.
    #[error("PostgreSQL refused: {0}")]
    Server(Box<ServerError>),
    /// An answer is not what was asked for.
    #[error("unexpected answer of PostgreSQL: {what}")]
    Unexpected {
        /// What is odd about it.
        what: String,
    },
}

/// Why a server cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nobody listens there.
    Refused,
    /// No answer in time.
    Timeout,
    /// The name has no address.
    UnknownHost,
    /// There is no such socket.
    NoSocket,
    /// It hung up, or does not speak PostgreSQL's protocol.
    NotPostgres,
    /// Anything else.
    Other,
}

impl Error {
    /// The SQLSTATE, where the server refused something.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Server(error) => Some(&error.sqlstate),
            _ => None,
        }
    }

    /// Whether the account may only read, or the server only serves reads: `insufficient_privilege`
    /// and `read_only_sql_transaction` (PostgreSQL manual, "PostgreSQL Error Codes").
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        matches!(self.sqlstate(), Some("42501" | "25006"))
    }
}

impl Error {
    /// Whether the server, the database or the role has no connection left.
    #[must_use]
    pub fn is_too_many_connections(&self) -> bool {
        self.sqlstate() == Some("53300")
    }

    /// Whether the server refused because the role, or the whole server, may only read.
    #[must_use]
    pub fn is_permission_denied(&self) -> bool {
        matches!(self.sqlstate(), Some("42501" | "25006"))
    }
}

impl Reason {
    pub(super) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::Timeout,
            io::ErrorKind::NotFound => Self::NoSocket,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput => Self::NotPostgres,
            // Only the look-up of a name fails without a number of the system's.
            _ if error.raw_os_error().is_none() => Self::UnknownHost,
            _ => Self::Other,
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    /// Keeps what is safe to show. Failures of logging in are told apart where they happen.
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            // 57P01 and 57P02: the administrator ends the session, or the server.
            return match error.code().code() {
                "57P01" | "57P02" => Self::Lost,
                _ => Self::Server(Box::new(ServerError::new(error))),
            };
        }
        let is_io = std::error::Error::source(&error)
            .and_then(|cause| cause.downcast_ref::<io::Error>())
            .is_some();
        if error.is_closed() || is_io {
            return Self::Lost;
        }
        // The error by itself names parameters and columns; its cause could quote a value.
        Self::Unexpected { what: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Error, Reason};

    #[test]
    fn the_cause_stands_in_the_chain_and_not_in_the_text() {
        let source = io::Error::from_raw_os_error(111);
        let reason = Reason::of(&source);
        let error = Error::Unreachable { address: "db:5432".into(), reason, source };
        assert_eq!(reason, Reason::Refused);
        assert_eq!(error.to_string(), "cannot reach PostgreSQL at `db:5432`");
    }
}
