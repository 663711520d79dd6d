//! The hint for each error.

use std::io;

use super::{Error, Problem, Reason, tls};
use crate::file;
use crate::sql::Dialect::Postgres;

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::BadDsn { problem: Problem::MySql } => {
                "name it with `--mysql`, or run `migration-assist mysql` to check that server"
            }
            Self::BadDsn { problem: Problem::Unsupported { hint, .. } } => hint,
            Self::BadDsn { problem: Problem::UnrecognisedSecurity { .. } } => {
                "correct the parameter's name, or leave it out; those of libpq are understood: `sslmode`, \
                 `sslrootcert`, `sslcrl`, `sslcert`, `sslkey`, `ssl_min_protocol_version`, \
                 `channel_binding`"
            }
            Self::BadDsn { .. } => {
                "write the DSN as `postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=require`, \
                 with `%40` for `@`, `%2F` for `/`, `%3A` for `:` and `%25` for `%` in the password"
            }
            Self::Unreachable { reason, .. } => reason.hint(),
            Self::PasswordMissing { .. } => {
                "put the password into the DSN, the variable PGPASSWORD or the file ~/.pgpass"
            }
            Self::WrongPassword { user } => {
                return Some(format!(
                    "check that the role `{user}` exists and the password is its"
                ));
            }
            Self::NotAdmitted { user, database } => {
                return Some(format!(
                    "add a line for the role `{user}` and the database `{database}` to the \
                     server's pg_hba.conf and reload it; a `hostssl` line needs `sslmode=require`"
                ));
            }
            Self::RoleMissing { user } => {
                let role = Postgres.identifier(user);
                return Some(format!(
                    "create the role with `CREATE ROLE {role} LOGIN PASSWORD '…';`, or allow it to \
                     log in with `ALTER ROLE {role} LOGIN;`"
                ));
            }
            Self::AuthMethod { .. } => {
                "change the method of the role in the server's pg_hba.conf, or `require_auth` in the DSN"
            }
            Self::Login { .. } => {
                "let the server ask for a password by the method `scram-sha-256` in pg_hba.conf"
            }
            Self::DatabaseMissing { database } => {
                let database = Postgres.identifier(database);
                return Some(format!(
                    "create it with `CREATE DATABASE {database} ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE \
                     'C.UTF-8' TEMPLATE template0;`, or correct the name in the DSN"
                ));
            }
            Self::Tls { source, .. } => tls::hint(source.as_ref()),
            Self::CertificateFile { path, source } => {
                if let Some(error) = unreadable(source.as_ref()) {
                    return Some(file::read_hint(path, error));
                }
                "name a PEM file with certificates in `sslrootcert` or `sslcert`, and one with \
                 an unencrypted key in `sslkey`"
            }
            Self::MovingSessions { .. } => {
                "name the PostgreSQL server itself in the DSN, or a pool in session mode (PgBouncer: \
                 `pool_mode = session` for this database)"
            }
            Self::NotServed { .. } => {
                "give the connection pool more server connections (PgBouncer: `default_pool_size`), or \
                 name the PostgreSQL server itself in the DSN"
            }
            Self::DifferentServers { .. } => {
                "name one server by its own address, not a load balancer or a name for several servers; \
                 if the server was restarted meanwhile, run the same command again"
            }
            Self::SchemaInUse { holder: None, .. } => "run the same command again",
            Self::SchemaInUse { holder: Some(holder), .. } => {
                return Some(format!(
                    "wait until it has ended, or end it with `SELECT pg_terminate_backend({});`, and run \
                     the same command again",
                    holder.id
                ));
            }
            Self::Setting { name, .. } => {
                let name = name.to_ascii_lowercase();
                return Some(format!(
                    "name the PostgreSQL server itself instead of a proxy, or remove the server's own \
                     value: `ALTER SYSTEM RESET {name};` and `SELECT pg_reload_conf();`"
                ));
            }
            Self::Lost => "check that the server is running and start again",
            Self::Server(error) => return server_hint(&error.sqlstate).map(str::to_owned),
            Self::Unexpected { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

impl Reason {
    fn hint(self) -> &'static str {
        match self {
            Self::Refused => {
                "check that the server is running and that host and port are right; a server in a \
                 container needs a published port"
            }
            Self::Timeout | Self::Other => {
                "check the host and the port, and that no firewall blocks them"
            }
            Self::UnknownHost => "correct the host name in the DSN",
            Self::NoSocket => {
                "correct the socket's directory and port in the DSN, or name a host to use TCP"
            }
            Self::NotPostgres => "check that the port is PostgreSQL's",
        }
    }
}

/// Why a file cannot be read, unless its content is what is wrong.
fn unreadable<'a>(source: &'a (dyn std::error::Error + 'static)) -> Option<&'a io::Error> {
    source.downcast_ref().filter(|error: &&io::Error| error.kind() != io::ErrorKind::Other)
}

fn server_hint(sqlstate: &str) -> Option<&'static str> {
    Some(match sqlstate {
        "42501" => "run `migration-assist postgres` to see which privileges are missing",
        "25006" => "connect to the primary server: this one takes no writes",
        "53100" => "free some space on the server's disk and start again",
        "53300" => {
            "close other sessions, use fewer with `--jobs 1`, or raise the limit: `max_connections` in \
             postgresql.conf, `ALTER ROLE … CONNECTION LIMIT` or `ALTER DATABASE … CONNECTION LIMIT`"
        }
        "55P03" => {
            "another session holds a lock on the tables, such as a backup or Mattermost: `SELECT pid, usename, \
             application_name, query FROM pg_stat_activity;` lists the sessions; wait until it ends, and start \
             again"
        }
        "57P03" => "wait until the server has started",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn names_in_statements_are_quoted() {
        let error = Error::DatabaseMissing { database: "mm\"x".into() };
        assert!(error.hint().unwrap().contains("CREATE DATABASE \"mm\"\"x\" ENCODING"));
    }
}
