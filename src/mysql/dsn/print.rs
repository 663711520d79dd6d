//! Printing a DSN: in full for a server's or a program's configuration, masked for display.

use std::fmt;
use std::time::Duration;

use super::{Address, Dsn, TlsMode};
use crate::secret::Secret;
use crate::url::encode;

impl Dsn {
    /// The whole DSN, including the password, in the form of go-sql-driver; as a URL if that form cannot
    /// express it (a user with a `:`, a socket path with an `@` or a parenthesis).
    ///
    /// Reading it gives this DSN again. Go ignores `tls-ca` and `ssl-mode`.
    #[must_use]
    pub fn render(&self) -> Secret {
        let plain = self.in_go_form(self.password.expose(), &self.others);
        let path_fits = match &self.address {
            Address::Tcp { .. } => true,
            Address::Socket(path) => !path.is_empty() && !path.contains(['@', '(', ')']),
        };
        let looks_like_url = plain.starts_with("mysql://") || plain.starts_with("mariadb://");
        let fits = path_fits && !self.user.contains(':') && !looks_like_url;
        Secret::new(if fits { plain } else { self.as_url() })
    }

    fn in_go_form(&self, password: &str, others: &[(String, Secret)]) -> String {
        let credentials = match (self.user.as_str(), password) {
            ("", "") => String::new(),
            (user, "") => format!("{user}@"),
            (user, password) => format!("{user}:{password}@"),
        };
        let address = match &self.address {
            Address::Tcp { .. } => format!("tcp({})", self.address),
            Address::Socket(path) => format!("unix({path})"),
        };
        let parameters = self.parameters(others);
        let mark = if parameters.is_empty() { "" } else { "?" };
        let database = encode(self.database.as_deref().unwrap_or_default());
        format!("{credentials}{address}/{database}{mark}{}", parameters.join("&"))
    }

    fn as_url(&self) -> String {
        let credentials = [&self.user, self.password.expose()].map(encode).join(":");
        let mut parameters = self.parameters(&self.others);
        let host = match &self.address {
            Address::Tcp { .. } => self.address.to_string(),
            Address::Socket(path) => {
                parameters.push(format!("socket={}", encode(path)));
                String::new()
            }
        };
        let mark = if parameters.is_empty() { "" } else { "?" };
        let database = encode(self.database.as_deref().unwrap_or_default());
        format!("mysql://{credentials}@{host}/{database}{mark}{}", parameters.join("&"))
    }

    fn parameters(&self, others: &[(String, Secret)]) -> Vec<String> {
        let mode = match (self.tls.mode, &self.tls.ca) {
            (TlsMode::Preferred, None) | (TlsMode::VerifyCa, Some(_)) => None,
            (TlsMode::Disabled, _) => Some("tls=false"),
            (TlsMode::Preferred, _) => Some("tls=preferred"),
            (TlsMode::Required, _) => Some("tls=skip-verify"),
            (TlsMode::VerifyCa, _) => Some("ssl-mode=VERIFY_CA"),
            (TlsMode::VerifyIdentity, _) => Some("tls=true"),
        };
        let ca =
            self.tls.ca.as_ref().map(|path| format!("tls-ca={}", encode(&path.to_string_lossy())));
        let timeout = self.timeout.map(|timeout| format!("timeout={}", go_duration(timeout)));
        let others = others
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value.expose())));
        mode.map(str::to_owned).into_iter().chain(ca).chain(timeout).chain(others).collect()
    }
}

/// With the password masked, and without the parameters that have no effect here.
impl fmt::Display for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mask = if self.password.is_empty() { "" } else { "****" };
        f.write_str(&self.in_go_form(mask, &[]))
    }
}

/// As `host:port`, `[::1]:port` or the socket's path.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Socket(path) => f.write_str(path),
        }
    }
}

fn go_duration(duration: Duration) -> String {
    match (duration.as_secs(), duration.subsec_nanos()) {
        (seconds, 0) => format!("{seconds}s"),
        (seconds, rest) if rest % 1_000_000 == 0 => {
            format!("{}ms", u128::from(seconds) * 1000 + u128::from(rest / 1_000_000))
        }
        _ => format!("{}ns", duration.as_nanos()),
    }
}
