//! The version of a PostgreSQL server.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A server's version in the form of `server_version_num`: 150018 is 15.18.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, Deserialize,
)]
#[serde(transparent)]
pub struct Server(u32);

impl Server {
    /// The oldest version that can be a target, as for Mattermost itself.
    pub const OLDEST_SUPPORTED: Self = Self(130_000);

    /// A version by its number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number, such as 150018.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// The major version, such as 15.
    #[must_use]
    pub fn major(self) -> u32 {
        self.0 / 10_000
    }

    /// Whether it can be a target.
    #[must_use]
    pub fn is_supported(self) -> bool {
        self >= Self::OLDEST_SUPPORTED
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, rest) = (self.0 / 10_000, self.0 % 10_000);
        if major >= 10 {
            write!(f, "PostgreSQL {major}.{rest}")
        } else {
            write!(f, "PostgreSQL {major}.{}.{}", rest / 100, rest % 100)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Server;

    #[test]
    fn versions_read_as_people_write_them() {
        assert_eq!(Server::new(150_018).to_string(), "PostgreSQL 15.18");
        assert_eq!(Server::new(180_000).to_string(), "PostgreSQL 18.0");
        assert_eq!(Server::new(90_624).to_string(), "PostgreSQL 9.6.24");
        assert!(Server::new(130_000).is_supported());
        assert!(!Server::new(120_022).is_supported());
    }
}
