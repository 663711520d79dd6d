//! The next step after an error of a server.

use std::io;

use super::{Error, TlsProblem};
use crate::file;
use crate::sql::Dialect::MySql;

impl Error {
    /// The next step, as an imperative.
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
                "check the name of the database, or run as an administrator, with the host of the account \
                 (`SELECT user, host FROM mysql.user;`): `GRANT SELECT ON {}.* TO {}@'%';`",
                MySql.identifier(database),
                MySql.literal(user)
            )),
            Self::UnknownDatabase { .. } => {
                Some("run `SHOW DATABASES;` on the server and correct the MySQL DSN".to_owned())
            }
            Self::NoDatabase => Some(
                "write the database behind the slash: `…@tcp(host:3306)/mattermost`".to_owned(),
            ),
            Self::Authentication { .. } => Some(
                "create an account for the migration that logs in by `caching_sha2_password` or \
                 `mysql_native_password`"
                    .to_owned(),
            ),
            Self::LoginMethods { user } => Some(format!(
                "`SHOW CREATE USER` shows the login methods of the account: give the password of the first \
                 one, or create an account for the migration with one method, unlike `{user}`"
            )),
            Self::Tls { source, .. } => Some(source.hint().to_owned()),
            Self::Certificates { path, source } => Some(match source.kind() {
                io::ErrorKind::Other => "give `tls-ca` a file with PEM certificates".to_owned(),
                _ => file::read_hint(path, source),
            }),
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
                 administrator: `SET GLOBAL {name} = DEFAULT;`"
            )),
            Self::Server { code, .. } => server_hint(*code).map(str::to_owned),
            Self::Unexpected(_) => None,
        }
    }
}

impl TlsProblem {
    fn hint(&self) -> &'static str {
        match self {
            Self::NotOffered => {
                "enable TLS on the server, or write `tls=false` in the MySQL DSN if the network \
                 between is trusted"
            }
            Self::Demanded => {
                "write `tls=skip-verify` instead of `tls=false` in the MySQL DSN, or \
                 `tls=true&tls-ca=/path/to/ca.pem` to verify the server too"
            }
            Self::UnknownIssuer => {
                "give the server's authority with `tls-ca=/path/to/ca.pem` in the MySQL DSN, or take \
                 any certificate with `tls=skip-verify`"
            }
            Self::WrongName => {
                "connect by a name that the certificate carries, or write `ssl-mode=VERIFY_CA` in \
                 the MySQL DSN to accept any name"
            }
            Self::Version1 => {
                "create the server's certificate again with extensions (version 3), for example with \
                 `openssl x509 -req -extfile FILE`; `tls=skip-verify` connects and does not verify the \
                 server"
            }
            Self::Other(_) => {
                "check that the server offers TLS 1.2 or 1.3, or write `tls=false` in the MySQL DSN if the \
                 network between is trusted"
            }
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
        "give the password: `user:password@tcp(host:3306)/database`; an account with REQUIRE X509 needs a client \
         certificate, which is not supported: use another account"
            .to_owned()
    }
}

fn server_hint(code: u16) -> Option<&'static str> {
    match code {
        1040 | 1203 => Some(
            "close other sessions, use fewer with `--jobs 1`, or raise `max_connections` or the account's \
             MAX_USER_CONNECTIONS",
        ),
        1226 => Some(
            "raise the limit that the message names, or remove it: ALTER USER … WITH MAX_QUERIES_PER_HOUR 0 \
             MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0; `--jobs 1` uses \
             fewer connections",
        ),
        1129 => Some("run `mysqladmin flush-hosts` on the server, and run again"),
        1130 => Some("create an account on the server that may connect from this host"),
        1142 | 1143 | 1227 | 1370 => Some(
            "give the account the missing privilege as an administrator; `SHOW GRANTS;` with this account prints \
             its name and what it has, and a check needs SELECT on the database, a repair INSERT, UPDATE, DELETE \
             and ALTER as well",
        ),
        1153 => Some("raise `max_allowed_packet` on the server, and run again"),
        1205 => Some(
            "another session holds a lock on the table, such as a backup or Mattermost: `SHOW FULL \
             PROCESSLIST;` lists the sessions; wait until it ends, and run again",
        ),
        1213 => Some("stop Mattermost, and run again"),
        1317 => Some("run again; the statement was killed on the server"),
        1290 | 1836 => Some("run against a server that takes writes, not a replica"),
        1820 | 1862 => {
            Some("log in with the `mysql` client once and give the account a new password")
        }
        3118 | 4151 => Some(
            "unlock the account as an administrator with ALTER USER and ACCOUNT UNLOCK; `SELECT user, host FROM \
             mysql.user;` lists the accounts",
        ),
        _ => None,
    }
}
