//! Defaults for the parts that a DSN leaves out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Host;
use crate::secret::Secret;

/// Environment variables that libpq reads, with the parameters they stand for.
const VARIABLES: [(&str, &str); 19] = [
    ("PGHOST", "host"),
    ("PGPORT", "port"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGDATABASE", "dbname"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLCRL", "sslcrl"),
    ("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"),
    ("PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
    ("PGREQUIREAUTH", "require_auth"),
    ("PGREQUIREPEER", "requirepeer"),
    ("PGGSSENCMODE", "gssencmode"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGAPPNAME", "application_name"),
    ("PGOPTIONS", "options"),
];

/// The directories in which distributions and PostgreSQL itself place sockets.
pub(super) const SOCKET_DIRECTORIES: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// The values of the environment; the caller reads them.
#[derive(Clone, Default)]
pub struct Defaults {
    /// The name of the operating system's user, which is the default role.
    pub os_user: Option<String>,
    /// The text of the password file, `~/.pgpass` or the one in `PGPASSFILE`.
    pub passfile: Option<Secret>,
    /// The socket files of local servers, as [`Defaults::with_local_sockets`] finds them.
    pub sockets: Vec<PathBuf>,
    pub(super) environment: BTreeMap<&'static str, String>,
}

impl Defaults {
    /// Looks up libpq's environment variables by name; an empty one counts as missing.
    #[must_use]
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let environment = VARIABLES
            .into_iter()
            .filter_map(|(variable, parameter)| {
                let value = lookup(variable).filter(|value| !value.is_empty())?;
                Some((parameter, value))
            })
            .collect();
        Self { environment, ..Self::default() }
    }

    /// Looks for servers' sockets in the usual directories.
    #[must_use]
    pub fn with_local_sockets(mut self) -> Self {
        self.sockets = SOCKET_DIRECTORIES
            .into_iter()
            .filter_map(|directory| std::fs::read_dir(directory).ok())
            .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
            .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
            .filter(|path| file_name(path).starts_with(".s.PGSQL."))
            .collect();
        self
    }

    /// The default host: a local socket of that port, otherwise `localhost`.
    pub(super) fn local_host(&self, port: u16) -> Host {
        let name = format!(".s.PGSQL.{port}");
        let socket = self.sockets.iter().find(|path| file_name(path) == name);
        match socket.and_then(|path| path.parent()).and_then(Path::to_str) {
            Some(directory) => Host::Socket(directory.to_owned()),
            None => Host::Tcp("localhost".to_owned()),
        }
    }
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{Dsn, Host};
    use super::Defaults;

    fn defaults() -> Defaults {
        let mut defaults = Defaults::from_lookup(|name| match name {
            "PGHOST" => Some("pg.example.com".into()),
            "PGPORT" => Some("6000".into()),
            "PGUSER" => Some("env_user".into()),
            "PGPASSWORD" => Some("env_password".into()),
            "PGDATABASE" => Some(String::new()),
            _ => None,
        });
        defaults.sockets = vec!["/tmp/.s.PGSQL.5433".into()];
        defaults
    }

    #[test]
    fn the_environment_fills_in_and_the_dsn_wins() {
        let dsn = Dsn::parse("postgres:///", &defaults()).unwrap();
        assert_eq!((dsn.host.as_str(), dsn.port), ("pg.example.com", 6000));
        assert_eq!((dsn.user.as_str(), dsn.database.as_str()), ("env_user", "env_user"));
        assert_eq!(dsn.password.expose(), "env_password");
        let dsn = Dsn::parse("postgres://u:p@h:1/d", &defaults()).unwrap();
        assert_eq!((dsn.host.as_str(), dsn.port, dsn.user.as_str()), ("h", 1, "u"));
        assert_eq!((dsn.password.expose(), dsn.database.as_str()), ("p", "d"));
    }

    #[test]
    fn a_socket_of_the_right_port_comes_before_localhost() {
        assert_eq!(defaults().local_host(5433), Host::Socket("/tmp".into()));
        assert_eq!(defaults().local_host(5432), Host::Tcp("localhost".into()));
    }
}
