//! Statements that change a schema to the expected one.

mod definition;
mod describe;
mod mysql;
mod postgres;

use super::difference::Difference;
use crate::sql::Dialect;

pub use describe::describe;

/// Statements without semicolons, in the order of execution.
///
/// Empty if no statement does it: PostgreSQL cannot remove a label from an enumerated type. On PostgreSQL,
/// names have no schema and depend on `search_path`.
#[must_use]
pub fn alter(dialect: Dialect, difference: &Difference<'_>) -> Vec<String> {
    match dialect {
        Dialect::MySql => mysql::statements(difference),
        Dialect::Postgres => postgres::statements(difference),
    }
}
