//! Quoting of names and values for both servers.

mod shape;

pub use shape::without_values;

/// The server whose rules a piece of SQL follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// MySQL and MariaDB.
    MySql,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Quotes one identifier, which may contain any characters.
    ///
    /// MySQL: backticks, doubled inside (reference manual, "Schema Object Names"). PostgreSQL: double
    /// quotes, doubled inside (manual, "Lexical Structure"); always quoted, so never folded.
    #[must_use]
    pub fn identifier(self, name: &str) -> String {
        let quote = match self {
            Self::MySql => '`',
            Self::Postgres => '"',
        };
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push(quote);
        for character in name.chars() {
            if character == quote {
                quoted.push(quote);
            }
            quoted.push(character);
        }
        quoted.push(quote);
        quoted
    }

    /// Quotes a qualified name, each part separately.
    #[must_use]
    pub fn qualified(self, schema: &str, name: &str) -> String {
        format!("{}.{}", self.identifier(schema), self.identifier(name))
    }

    /// Quotes identifiers and joins them with commas, as in a column list.
    #[must_use]
    pub fn identifiers<S: AsRef<str>>(self, names: impl IntoIterator<Item = S>) -> String {
        let quoted: Vec<String> =
            names.into_iter().map(|name| self.identifier(name.as_ref())).collect();
        quoted.join(", ")
    }

    /// Quotes a text value as a literal that has the same meaning under every server setting.
    ///
    /// MySQL: a hexadecimal literal with the `_utf8mb4` introducer, which neither `NO_BACKSLASH_ESCAPES` nor
    /// `ANSI_QUOTES` affects. PostgreSQL: single quotes, or the `E''` form if the text contains a backslash,
    /// which `standard_conforming_strings` does not affect.
    #[must_use]
    pub fn literal(self, text: &str) -> String {
        match self {
            Self::MySql => format!("_utf8mb4 X'{}'", hex::encode(text.as_bytes())),
            Self::Postgres => {
                let doubled = text.replace('\'', "''");
                if doubled.contains('\\') {
                    format!("E'{}'", doubled.replace('\\', "\\\\"))
                } else {
                    format!("'{doubled}'")
                }
            }
        }
    }

    /// Writes bytes as a literal of the server's binary type.
    #[must_use]
    pub fn binary_literal(self, bytes: &[u8]) -> String {
        match self {
            Self::MySql => format!("X'{}'", hex::encode(bytes)),
            Self::Postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect::{MySql, Postgres};

    #[test]
    fn identifiers_double_their_own_quote() {
        assert_eq!(MySql.identifier("a`b\"c"), "`a``b\"c`");
        assert_eq!(Postgres.identifier("a`b\"c"), "\"a`b\"\"c\"");
        assert_eq!(Postgres.qualified("my schema", "Posts"), "\"my schema\".\"Posts\"");
        assert_eq!(MySql.identifiers(["Id", "Name"]), "`Id`, `Name`");
    }

    #[test]
    fn literals_mean_the_same_under_every_setting() {
        assert_eq!(MySql.literal("it's\\"), "_utf8mb4 X'697427735c'");
        assert_eq!(Postgres.literal("it's"), "'it''s'");
        assert_eq!(Postgres.literal("C:\\'"), "E'C:\\\\'''");
        assert_eq!(Postgres.binary_literal(&[0, 255]), "'\\x00ff'::bytea");
    }
}
