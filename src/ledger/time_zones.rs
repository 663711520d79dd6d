//! The time zones by which a copy converts the local times of the source.

use std::collections::BTreeMap;

use super::{Error, value};
use crate::convert::{AmbiguousTimes, LocalTimes};
use crate::postgres::{self, Connection};

/// The zones of a table, by the source's names of its columns.
pub type ColumnZones = BTreeMap<String, LocalTimes>;

/// The choice for ambiguous times as the ledger stores it.
fn id(ambiguous: AmbiguousTimes) -> &'static str {
    match ambiguous {
        AmbiguousTimes::Fail => "fail",
        AmbiguousTimes::Earlier => "earlier",
        AmbiguousTimes::Later => "later",
    }
}

fn of_id(stored: &str) -> Option<AmbiguousTimes> {
    let all = [AmbiguousTimes::Fail, AmbiguousTimes::Earlier, AmbiguousTimes::Later];
    all.into_iter().find(|it| id(*it) == stored)
}

/// Reads the zones of each table, by the target's names.
pub(super) async fn read_time_zones(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, ColumnZones>, Error> {
    let statement = "SELECT table_name, column_name, time_zone, ambiguous_times, by_row
        FROM migration_assist.copied_time_zones WHERE target_schema = $1";
    let mut tables: BTreeMap<String, ColumnZones> = BTreeMap::new();
    for row in connection.query(statement, &[&schema]).await? {
        let (zone, stored): (&str, &str) = (value(&row, 2)?, value(&row, 3)?);
        let unknown = Error::Unreadable { what: "`copied_time_zones.time_zone` is unknown" };
        let zone = zone.parse().map_err(|_| unknown)?;
        let unknown = Error::Unreadable { what: "`copied_time_zones.ambiguous_times` is unknown" };
        let ambiguous = of_id(stored).ok_or(unknown)?;
        let times = LocalTimes { zone, ambiguous, by_row: value(&row, 4)? };
        tables.entry(value(&row, 0)?).or_default().insert(value(&row, 1)?, times);
    }
    Ok(tables)
}

/// Records the zones of a table, in the transaction that enters it or resumes it.
pub async fn record_time_zones(
    connection: &Connection,
    schema: &str,
    table: &str,
    zones: &ColumnZones,
) -> Result<(), postgres::Error> {
    let statement = "INSERT INTO migration_assist.copied_time_zones
            (target_schema, table_name, column_name, time_zone, ambiguous_times, by_row)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (target_schema, table_name, column_name) DO UPDATE
        SET time_zone = excluded.time_zone, ambiguous_times = excluded.ambiguous_times,
            by_row = excluded.by_row";
    for (column, times) in zones {
        let (zone, ambiguous) = (times.zone.name(), id(times.ambiguous));
        let values: [&(dyn postgres::ToSql + Sync); 6] =
            [&schema, &table, column, &zone, &ambiguous, &times.by_row];
        connection.execute(statement, &values).await?;
    }
    Ok(())
}
