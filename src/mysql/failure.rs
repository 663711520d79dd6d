//! Converts the driver's errors.

use std::io;

use mysql_async::{DriverError, IoError, ServerError, TlsError};

use super::message::without_values;
use super::{Dsn, Error, TlsProblem};

impl Error {
    /// The error of a statement.
    pub(super) fn of_statement(error: mysql_async::Error) -> Self {
        match error {
            mysql_async::Error::Server(error) => Self::of_server(&error),
            mysql_async::Error::Io(IoError::Io(source)) => Self::Lost(source),
            mysql_async::Error::Io(IoError::Tls(source)) => Self::Lost(io::Error::other(source)),
            mysql_async::Error::Driver(DriverError::ConnectionClosed) => Self::gone(),
            // No driver error prints a value; their fields contain rows and packets.
            other => Self::Unexpected(other.to_string()),
        }
    }

    /// The error of a connection attempt.
    pub(super) fn of_connection(error: mysql_async::Error, dsn: &Dsn) -> Self {
        let address = dsn.address.to_string();
        let user = dsn.user.clone();
        match error {
            mysql_async::Error::Server(error) => Self::of_login(&error, dsn),
            mysql_async::Error::Driver(error) => match error {
                DriverError::NoClientSslFlagFromServer => {
                    Self::Tls { address, source: TlsProblem::NotOffered }
                }
                DriverError::UnknownAuthPlugin { name } => {
                    Self::Authentication { user, plugin: name }
                }
                DriverError::MysqlOldPasswordDisabled => {
                    Self::Authentication { user, plugin: "mysql_old_password".to_owned() }
                }
                DriverError::CleartextPluginDisabled => {
                    Self::Authentication { user, plugin: "mysql_clear_password".to_owned() }
                }
                // After a first method that has failed, a server may ask for a second one.
                DriverError::UnexpectedPacket { .. } => Self::LoginMethods { user },
                other => Self::Unexpected(other.to_string()),
            },
            mysql_async::Error::Io(IoError::Tls(error)) => {
                let source = match &error {
                    TlsError::Tls(problem) => TlsProblem::of_rustls(problem),
                    other => TlsProblem::Other(other.to_string()),
                };
                Self::Tls { address, source }
            }
            mysql_async::Error::Io(IoError::Io(source)) => match TlsProblem::of_io(&source) {
                Some(source) => Self::Tls { address, source },
                None => Self::Unreachable { address, source },
            },
            other => Self::Unexpected(other.to_string()),
        }
    }

    /// The connection cannot be used any more.
    pub(super) fn gone() -> Self {
        Self::Lost(io::Error::new(io::ErrorKind::NotConnected, "the connection is closed"))
    }

    fn of_server(error: &ServerError) -> Self {
        match error.code {
            1046 => Self::NoDatabase,
            // The server shut down, ended the connection on request, or timed out.
            1053 | 1077 | 1079 | 1927 | 3168 | 3169 | 4031 => {
                let said = without_values(error.code, &error.state, &error.message);
                Self::Lost(io::Error::new(io::ErrorKind::ConnectionAborted, said))
            }
            code => Self::Server {
                code,
                sqlstate: error.state.clone(),
                message: without_values(code, &error.state, &error.message),
            },
        }
    }

    fn of_login(error: &ServerError, dsn: &Dsn) -> Self {
        let user = dsn.user.clone();
        let database = dsn.database.clone().unwrap_or_default();
        match error.code {
            1045 | 1698 => Self::AccessDenied {
                user,
                client: quoted_behind(&error.message, "@'").unwrap_or("this host").to_owned(),
                with_password: !dsn.password.is_empty(),
            },
            1044 => Self::DatabaseDenied { user, database },
            1049 => Self::UnknownDatabase { database },
            1251 | 1524 => {
                let plugin = quoted_behind(&error.message, "Plugin '");
                let plugin = plugin.unwrap_or("an authentication protocol").to_owned();
                Self::Authentication { user, plugin }
            }
            3159 => Self::Tls { address: dsn.address.to_string(), source: TlsProblem::Demanded },
            _ => Self::of_server(error),
        }
    }
}

/// The quoted text after the last `opening`, which ends with the quote.
fn quoted_behind<'m>(message: &'m str, opening: &str) -> Option<&'m str> {
    message.rsplit_once(opening)?.1.split_once('\'').map(|(inside, _)| inside)
}
