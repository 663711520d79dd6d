//! Server addresses in pgloader's notation.
//!
//! The notation resembles a URL but is not one: nothing is percent-decoded, `@` and `:` are doubled if they
//! would end a part, and a file that contains `{{` is a Mustache template first. The rules come from the
//! parser of pgloader 3.6.9; its manual, "Connection String", documents some of them.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::{Error, Host};

/// A server, a database and the credentials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uri<'a> {
    pub(super) scheme: Scheme,
    pub(super) user: &'a str,
    /// `None` leaves it to pgloader's environment.
    pub(super) password: Option<&'a str>,
    pub(super) host: Host<'a>,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) sslmode: Option<&'static str>,
}

/// The kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    MySql,
    Postgres,
}

/// A part of a DSN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    User,
    Password,
    Host,
    Socket,
    Database,
    Tls,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "user name",
            Self::Password => "password",
            Self::Host => "host",
            Self::Socket => "socket path",
            Self::Database => "database name",
            Self::Tls => "TLS settings",
        })
    }
}

static USER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\p{L}0-9_][\p{L}0-9_.\\$%@:-]*$"));
static HOST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[A-Za-z0-9]+(-+[A-Za-z0-9]+)*(\.[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)*$"));
static FOUR_NUMBERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,3}\.){3}\d"));
static PLAIN_DATABASE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Za-z0-9_$%-]+$"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern compiles")
}

impl Scheme {
    pub(super) fn server(self) -> &'static str {
        match self {
            Self::MySql => "MySQL",
            Self::Postgres => "PostgreSQL",
        }
    }

    pub(super) fn inexpressible(self, part: Part, reason: &'static str) -> Error {
        Error::Inexpressible { server: self.server(), part, reason }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::MySql => "mysql",
            Self::Postgres => "postgresql",
        }
    }
}

impl Uri<'_> {
    /// Writes the address, or returns an error for a part that the notation cannot express.
    ///
    /// The user is always written: without one, pgloader takes the text before the next `@` of the file for it.
    pub(super) fn render(&self) -> Result<String, Error> {
        let user = self.user()?;
        let password = self.password()?;
        let host = self.host()?;
        let database = self.database()?;
        let (prefix, port) = (self.scheme.prefix(), self.port);
        let options = self.sslmode.map(|mode| format!("?sslmode={mode}")).unwrap_or_default();
        Ok(format!("{prefix}://{user}{password}@{host}:{port}/{database}{options}"))
    }

    fn user(&self) -> Result<String, Error> {
        if self.scheme == Scheme::Postgres && !self.user.is_ascii() {
            // pgloader sends the name in another encoding than the server expects.
            let reason = "pgloader logs in to PostgreSQL with ASCII user names only";
            return Err(self.scheme.inexpressible(Part::User, reason));
        }
        if USER.is_match(self.user) {
            return Ok(self.user.replace('@', "@@").replace(':', "::"));
        }
        let reason = "it takes letters, digits and any of _ . \\ $ % @ : -";
        Err(self.scheme.inexpressible(Part::User, reason))
    }

    fn password(&self) -> Result<String, Error> {
        let Some(password) = self.password.filter(|password| !password.is_empty()) else {
            return Ok(String::new());
        };
        if password.contains(char::is_control) {
            let reason = "it holds a control character";
            return Err(self.scheme.inexpressible(Part::Password, reason));
        }
        if password.starts_with(':') {
            let reason = "with a colon first, pgloader takes it for a part of the user name";
            return Err(self.scheme.inexpressible(Part::Password, reason));
        }
        // With other characters, its SCRAM exchange fails like a wrong password.
        if self.scheme == Scheme::Postgres && !password.is_ascii() {
            let reason = "pgloader logs in to PostgreSQL with ASCII passwords only";
            return Err(self.scheme.inexpressible(Part::Password, reason));
        }
        Ok(format!(":{}", password.replace('@', "@@")))
    }

    fn host(&self) -> Result<String, Error> {
        let host = match self.host {
            Host::Socket(path) if path.contains(char::is_control) => {
                let reason = "it holds a control character";
                return Err(self.scheme.inexpressible(Part::Socket, reason));
            }
            Host::Socket(path) => return Ok(format!("unix:{}", path.replace(':', "::"))),
            Host::Tcp(host) => host,
        };
        let reason = if host.parse::<Ipv6Addr>().is_ok() {
            // pgloader parses `[::1]` and then looks up a host of that name.
            "pgloader cannot connect to an IPv6 address; give a name for it"
        } else if FOUR_NUMBERS.is_match(host) && host.parse::<Ipv4Addr>().is_err() {
            "pgloader takes it for a broken IPv4 address"
        } else if HOST.is_match(host) {
            return Ok(host.to_owned());
        } else {
            "it takes letters, digits, `-` and `.`; give another name or the IPv4 address"
        };
        Err(self.scheme.inexpressible(Part::Host, reason))
    }

    fn database(&self) -> Result<String, Error> {
        if PLAIN_DATABASE.is_match(self.database) {
            Ok(self.database.to_owned())
        } else if self.database.contains('\'') || self.database.contains(char::is_control) {
            let reason = "it takes neither `'` nor a control character";
            Err(self.scheme.inexpressible(Part::Database, reason))
        } else {
            Ok(format!("'{}'", self.database))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Scheme, Uri};
    use crate::pgloader::{Error, Host};

    const PLAIN: Uri<'static> = Uri {
        scheme: Scheme::MySql,
        user: "mm",
        password: Some("pw"),
        host: Host::Tcp("db.example.com"),
        port: 3306,
        database: "mattermost",
        sslmode: None,
    };

    fn render(uri: Uri<'_>) -> String {
        uri.render().expect("an address that pgloader takes")
    }

    fn refused(uri: Uri<'_>) -> Part {
        match uri.render() {
            Err(Error::Inexpressible { part, .. }) => part,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn a_plain_address_is_a_plain_url() {
        assert_eq!(render(PLAIN), "mysql://mm:pw@db.example.com:3306/mattermost");
        let target =
            Uri { scheme: Scheme::Postgres, port: 5432, sslmode: Some("require"), ..PLAIN };
        assert_eq!(
            render(target),
            "postgresql://mm:pw@db.example.com:5432/mattermost?sslmode=require"
        );
    }

    #[test]
    fn at_signs_and_colons_are_doubled_where_they_would_end_a_part() {
        let uri = Uri { user: "mm@azure:1", password: Some("@p:s/w #%?\"'\\{{x}}&$$;@"), ..PLAIN };
        assert_eq!(
            render(uri),
            "mysql://mm@@azure::1:@@p:s/w #%?\"'\\{{x}}&$$;@@@db.example.com:3306/mattermost"
        );
    }

    #[test]
    fn a_password_may_be_left_to_the_environment() {
        let expected = "mysql://mm@db.example.com:3306/mattermost";
        assert_eq!(render(Uri { password: None, ..PLAIN }), expected);
        assert_eq!(render(Uri { password: Some(""), ..PLAIN }), expected);
    }

    #[test]
    fn a_socket_is_followed_by_a_port_which_ends_its_path() {
        let uri = Uri { host: Host::Socket("/run/my:sql/mysqld.sock"), ..PLAIN };
        assert_eq!(render(uri), "mysql://mm:pw@unix:/run/my::sql/mysqld.sock:3306/mattermost");
    }

    #[test]
    fn a_database_s_name_is_quoted_where_it_must() {
        let of = |database| render(Uri { database, ..PLAIN });
        assert!(of("matter-most_1").ends_with("/matter-most_1"));
        assert!(of("my db.ä\"").ends_with("/'my db.ä\"'"));
        assert_eq!(refused(Uri { database: "it's", ..PLAIN }), Part::Database);
    }

    #[test]
    fn what_has_no_notation_is_refused() {
        for user in ["", "a b", "@a", "a+b"] {
            assert_eq!(refused(Uri { user, ..PLAIN }), Part::User, "{user}");
        }
        for host in ["::1", "my_host", "h.", "1.2.3.4.example", ""] {
            assert_eq!(refused(Uri { host: Host::Tcp(host), ..PLAIN }), Part::Host, "{host}");
        }
        assert_eq!(refused(Uri { password: Some(":pw"), ..PLAIN }), Part::Password);
        let uri = Uri { password: Some("pässword"), ..PLAIN };
        assert!(uri.render().is_ok());
        assert_eq!(refused(Uri { scheme: Scheme::Postgres, ..uri }), Part::Password);
        let uri = Uri { user: "jörg", ..PLAIN };
        assert!(uri.render().is_ok());
        assert_eq!(refused(Uri { scheme: Scheme::Postgres, ..uri }), Part::User);
    }
}
