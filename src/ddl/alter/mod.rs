//! The statements that make a schema as expected, ready to be run.

mod definition;
mod describe;
mod mysql;
mod postgres;

use super::difference::Difference;
use crate::sql::Dialect;

pub use describe::describe;

/// Statements without their semicolons, in the order in which they are to run.
///
/// Empty where no statement does it: PostgreSQL takes no label out of an enumerated type. On
/// PostgreSQL names stand without their schema, which `search_path` has to find.
#[must_use]
pub fn alter(dialect: Dialect, difference: &Difference<'_>) -> Vec<String> {
    match dialect {
        Dialect::MySql => mysql::statements(difference),
        Dialect::Postgres => postgres::statements(difference),
    }
}
