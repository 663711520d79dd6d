//! Begins a new set of changed keys, between two runs of the follower.

use super::Error;
use super::open::connect;
use crate::ledger;
use crate::mysql::binlog::Position;
use crate::postgres;

/// Begins the next generation of changed keys behind a position, up to which the log has to be applied
/// exactly; its number. No follower runs meanwhile.
pub async fn begin_generation(
    target: &postgres::Dsn,
    schema: &str,
    position: &Position,
) -> Result<i32, Error> {
    let connection = connect(target, schema).await?;
    let begun = ledger::begin_generation(&connection, schema, position).await?;
    begun.ok_or(Error::AppliedElsewhere)
}
