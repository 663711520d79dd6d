//! Products whose tables a workspace contains.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

/// Mattermost itself, or a plugin with tables of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Product {
    /// The server, including its configuration store.
    Mattermost,
    /// Playbooks: the `IR_` tables.
    Playbooks,
    /// Boards: the `focalboard_` tables.
    Boards,
    /// Calls.
    Calls,
    /// User Survey.
    UserSurvey,
}

impl Product {
    /// Every product, Mattermost first.
    pub const ALL: [Self; 5] =
        [Self::Mattermost, Self::Playbooks, Self::Boards, Self::Calls, Self::UserSurvey];

    /// The name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mattermost => "mattermost",
            Self::Playbooks => "playbooks",
            Self::Boards => "boards",
            Self::Calls => "calls",
            Self::UserSurvey => "user-survey",
        }
    }

    /// The source's table with the version of the product's tables; for Mattermost that of its configuration
    /// store, whose tables no migration of the server creates.
    #[must_use]
    pub fn version_table(self) -> &'static str {
        match self {
            Self::Mattermost => "db_config_migrations",
            Self::Playbooks => "IR_System",
            Self::Boards => "focalboard_schema_migrations",
            Self::Calls => "db_migrations_calls",
            Self::UserSurvey => "user_survey_schema_migrations",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An unrecognised name of a product.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no product; known are mattermost, playbooks, boards, calls and user-survey")]
pub struct UnknownProduct(String);

impl FromStr for Product {
    type Err = UnknownProduct;

    fn from_str(name: &str) -> Result<Self, UnknownProduct> {
        Self::ALL
            .into_iter()
            .find(|product| product.name() == name)
            .ok_or_else(|| UnknownProduct(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Product;

    #[test]
    fn a_name_is_read_back() {
        for product in Product::ALL {
            assert_eq!(product.name().parse(), Ok(product));
        }
        assert!("focalboard".parse::<Product>().is_err());
    }
}
