//! What a person can do about each failure.

use super::{Error, Problem, Reason, tls};
use crate::sql::Dialect::Postgres;

impl Error {
    /// What to do next, where something can be said: an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::BadDsn { problem: Problem::MySql } => {
                "name it with `--mysql`, or run `migration-assist mysql` to check that server"
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
            Self::Login { .. } => {
                "let the server ask for a password by the method `scram-sha-256` in pg_hba.conf"
            }
            Self::DatabaseMissing { database } => {
                let database = Postgres.identifier(database);
                return Some(format!(
                    "create it with `CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE \
                     template0;`, or correct the name in the DSN"
                ));
            }
            Self::Tls { source, .. } => tls::hint(source.as_ref()),
            Self::CertificateFile { .. } => {
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
                "check the host and the port, and that no firewall stands in between"
            }
            Self::UnknownHost => "correct the host name in the DSN",
            Self::NoSocket => {
                "correct the socket's directory and port in the DSN, or name a host to use TCP"
            }
            Self::NotPostgres => "check that the port is PostgreSQL's",
        }
    }
}

fn server_hint(sqlstate: &str) -> Option<&'static str> {
    Some(match sqlstate {
        "42501" => "run `migration-assist postgres DSN` to see which privileges are missing",
        "25006" => "connect to the primary server: this one takes no writes",
        "53100" => "free some space on the server's disk and start again",
        "53300" => "wait until connections are free, or raise max_connections",
        "55P03" => "stop Mattermost and whatever else uses the tables, and start again",
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
