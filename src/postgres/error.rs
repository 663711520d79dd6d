//! Errors of the target, without any secret or cell value.

use std::io;
use std::path::PathBuf;

use super::{LockHolder, NotAllowed, Problem, ServerError};

/// Why an operation on a PostgreSQL server failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A DSN cannot be read.
    #[error("the PostgreSQL DSN cannot be read")]
    BadDsn {
        #[source]
        problem: Problem,
    },
    /// There is no PostgreSQL server at the address.
    #[error("cannot reach PostgreSQL at `{address}`")]
    Unreachable {
        /// `HOST:PORT`, or the path of a socket.
        address: String,
        /// The reason, as far as it is known.
        reason: Reason,
        source: io::Error,
    },
    /// The server requires a password, and the DSN has none.
    #[error("PostgreSQL asks for the password of `{user}`, and none was given")]
    PasswordMissing {
        /// The role.
        user: String,
    },
    /// The password is wrong, or the role does not exist: the server does not report which.
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
        user: String,
        /// The client's reason.
        reason: String,
    },
    /// The server asked for a method that the DSN does not allow.
    #[error("cannot log in to PostgreSQL as `{user}`")]
    AuthMethod { user: String, source: NotAllowed },
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
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file with certificates or a key cannot be used.
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
    /// A session was accepted and not answered.
    #[error("`{address}` accepted a session and did not answer it within {seconds} s")]
    NotServed {
        /// `HOST:PORT`, or the path of a socket.
        address: String,
        /// The time limit.
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
    /// Another command fills the schema or builds in it.
    #[error(
        "another command works in schema `{schema}`: {}",
        holder.as_ref().map_or_else(|| "its session has just ended".to_owned(), ToString::to_string)
    )]
    SchemaInUse {
        schema: String,
        /// The session that excludes all others.
        holder: Option<Box<LockHolder>>,
    },
    /// The session does not have a required setting.
    #[error("cannot set `{name}` to `{wanted}` for a session: it stays `{found}`")]
    Setting {
        /// The setting.
        name: String,
        /// The required value.
        wanted: String,
        /// The actual value.
        found: String,
    },
    /// The server rejected a statement.
    #[error("PostgreSQL refused: {0}")]
    Server(Box<ServerError>),
    /// An answer of an unexpected form.
    #[error("unexpected answer of PostgreSQL: {what}")]
    Unexpected {
        /// What is unexpected.
        what: String,
    },
}

/// Why a server cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No server listens there.
    Refused,
    /// There was no answer in time.
    Timeout,
    /// The name has no address.
    UnknownHost,
    /// There is no such socket.
    NoSocket,
    /// The server closed the connection, or does not use PostgreSQL's protocol.
    NotPostgres,
    /// Anything else.
    Other,
}

impl Error {
    /// The SQLSTATE, if the server rejected a statement.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Server(error) => Some(&error.sqlstate),
            _ => None,
        }
    }

    /// Whether a table or an index of that name exists, or another transaction has just created it:
    /// `duplicate_table`, or `unique_violation` in the catalog.
    #[must_use]
    pub fn is_name_in_use(&self) -> bool {
        match self {
            Self::Server(error) => {
                let constraint = error.constraint.as_deref();
                error.sqlstate == "42P07"
                    || error.sqlstate == "23505" && constraint == Some("pg_class_relname_nsp_index")
            }
            _ => false,
        }
    }

    /// Whether a statement has waited too long for a lock: `lock_not_available`.
    #[must_use]
    pub fn is_lock_timeout(&self) -> bool {
        self.sqlstate() == Some("55P03")
    }

    /// Whether the account or the server is read-only: `insufficient_privilege` and `read_only_sql_transaction`
    /// (PostgreSQL manual, "PostgreSQL Error Codes").
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

    /// Whether the connection was lost, the server starts or ends, or transactions collided
    /// (`cannot_connect_now`, `serialization_failure`, `deadlock_detected`), so that another attempt can succeed.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Lost | Self::Unreachable { .. } | Self::NotServed { .. })
            || matches!(self.sqlstate(), Some("57P03" | "40001" | "40P01"))
            || self.is_too_many_connections()
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
            // Only a failed name look-up has no error number of the system.
            _ if error.raw_os_error().is_none() => Self::UnknownHost,
            _ => Self::Other,
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    /// Keeps what is safe to show. The code for logins distinguishes their failures.
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            // 57P01 and 57P02: an administrator ends the session, or the server.
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
        // The error itself contains names of parameters and columns; its cause could quote a value.
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
