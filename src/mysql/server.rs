//! The kind and version of a server.

use std::fmt;

/// The two kinds of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// MySQL and servers built from its source, such as Percona Server and Aurora.
    MySql,
    /// `MariaDB`.
    MariaDb,
}

/// A server's kind and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub flavour: Flavour,
    /// The version: major, minor and patch.
    pub version: (u16, u16, u16),
    /// The version as the server prints it: `10.11.6-MariaDB-0+deb12u1`.
    pub printed: String,
}

impl Server {
    /// Reads the values of `VERSION()` and `@@version_comment`.
    ///
    /// `MariaDB` prefixes its version with `5.5.5-` for old clients (its manual, "VERSION").
    #[must_use]
    pub fn read(version: &str, comment: &str) -> Self {
        let says_maria = |text: &str| text.to_ascii_lowercase().contains("mariadb");
        let is_maria = says_maria(version) || says_maria(comment);
        let flavour = if is_maria { Flavour::MariaDb } else { Flavour::MySql };
        let own = version.strip_prefix("5.5.5-").filter(|_| is_maria).unwrap_or(version);
        let mut numbers = own
            .split(|it: char| !it.is_ascii_digit())
            .map(|digits| digits.parse().unwrap_or_default());
        let mut number = || numbers.next().unwrap_or_default();
        let version = (number(), number(), number());
        Self { flavour, version, printed: own.to_owned() }
    }

    /// Whether it has `JSON_TABLE`, by the manuals since MySQL 8.0.4 and `MariaDB` 10.6.
    #[must_use]
    pub fn has_json_table(&self) -> bool {
        self.is_at_least(Flavour::MySql, (8, 0, 4))
            || self.is_at_least(Flavour::MariaDb, (10, 6, 0))
    }

    /// Whether it is a server of that kind, in that version or a newer one.
    #[must_use]
    pub fn is_at_least(&self, flavour: Flavour, version: (u16, u16, u16)) -> bool {
        self.flavour == flavour && self.version >= version
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
        })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.version;
        write!(f, "{} {major}.{minor}.{patch}", self.flavour)
    }
}

#[cfg(test)]
mod tests {
    use super::Server;

    #[test]
    fn every_spelling_of_a_version_is_understood() {
        for (version, comment, printed) in [
            ("9.7.0", "MySQL Community Server - GPL", "MySQL 9.7.0"),
            ("5.7.44-log", "MySQL Community Server (GPL)", "MySQL 5.7.44"),
            ("8.0.36-28", "Percona Server (GPL), Release 28", "MySQL 8.0.36"),
            ("5.5.5-10.11.6-MariaDB", "", "MariaDB 10.11.6"),
            ("10.11.19-MariaDB-0+deb12u1", "Debian 12", "MariaDB 10.11.19"),
            ("11.4.2", "mariadb.org binary distribution", "MariaDB 11.4.2"),
            ("5.5.5", "MySQL Community Server", "MySQL 5.5.5"),
            ("nonsense", "", "MySQL 0.0.0"),
        ] {
            assert_eq!(Server::read(version, comment).to_string(), printed);
        }
    }
}
