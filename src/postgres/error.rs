//! What can go wrong on the target's side, without any secret or cell value.

use super::Problem;

/// A failure of the target or of the way to it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A DSN cannot be understood.
    #[error("the PostgreSQL DSN cannot be read")]
    BadDsn {
        /// What is wrong with it.
        #[source]
        problem: Problem,
    },
}

impl Error {
    /// What to do next: an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let Self::BadDsn { .. } = self;
        Some(
            "write the DSN as `postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=require`, \
             with `%40` for `@`, `%2F` for `/`, `%3A` for `:` and `%25` for `%` in the password"
                .to_owned(),
        )
    }
}
