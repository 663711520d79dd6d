//! The settings of servers before they were frozen.

use super::{Error, create, exists, value};
use crate::postgres::{self, Connection};

/// The settings of a server before it was frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrozenSettings {
    /// `read_only`.
    pub read_only: bool,
    /// `super_read_only`, which MariaDB does not have.
    pub super_read_only: bool,
}

/// Records the settings of a server before it is frozen; creates the ledger if there is none. Returns `false`,
/// and records nothing, if a freeze of that source is on record.
pub async fn record_freeze(
    connection: &Connection,
    source: &str,
    before: FrozenSettings,
) -> Result<bool, Error> {
    create(connection).await?;
    let statement = "INSERT INTO migration_assist.freezes (source, read_only, super_read_only)
        VALUES ($1, $2, $3) ON CONFLICT (source) DO NOTHING";
    let FrozenSettings { read_only, super_read_only } = before;
    Ok(connection.execute(statement, &[&source, &read_only, &super_read_only]).await? > 0)
}

/// The settings of a source before it was frozen; `None` if no freeze of it is on record.
pub async fn read_freeze(
    connection: &Connection,
    source: &str,
) -> Result<Option<FrozenSettings>, Error> {
    if !exists(connection).await? {
        return Ok(None);
    }
    let statement =
        "SELECT read_only, super_read_only FROM migration_assist.freezes WHERE source = $1";
    let row = connection.query_opt(statement, &[&source]).await?;
    row.map(|row| {
        Ok(FrozenSettings { read_only: value(&row, 0)?, super_read_only: value(&row, 1)? })
    })
    .transpose()
}

/// Removes the record of a freeze.
pub async fn forget_freeze(connection: &Connection, source: &str) -> Result<(), postgres::Error> {
    let statement = "DELETE FROM migration_assist.freezes WHERE source = $1";
    connection.execute(statement, &[&source]).await?;
    Ok(())
}
