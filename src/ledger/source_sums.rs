//! The sums over the source's tables that belong to the last comparison of a schema.

use std::collections::BTreeMap;

use super::{Error, create, exists, stored, value};
use crate::postgres::Connection;

/// Records the rows and the sum of each table of the source, by name, in place of those before; makes the
/// ledger if there is none.
pub async fn record_source_sums<'a>(
    connection: &Connection,
    schema: &str,
    sums: impl IntoIterator<Item = (&'a str, u64, u64)>,
) -> Result<(), Error> {
    create(connection).await?;
    let (mut names, mut rows, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (name, count, sum) in sums {
        names.push(name);
        rows.push(stored(count));
        values.push(stored(sum));
    }
    let statement = "WITH gone AS (
            DELETE FROM migration_assist.source_sums WHERE target_schema = $1
                AND table_name <> ALL ($2))
        INSERT INTO migration_assist.source_sums (target_schema, table_name, rows, sum)
        SELECT $1, it.* FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS it
        ON CONFLICT (target_schema, table_name) DO UPDATE
        SET rows = excluded.rows, sum = excluded.sum";
    connection.execute(statement, &[&schema, &names, &rows, &values]).await?;
    Ok(())
}

/// The rows and the sum of each table of the source, by name; nothing if none are on record.
pub async fn source_sums(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, (u64, u64)>, Error> {
    if !exists(connection).await? {
        return Ok(BTreeMap::new());
    }
    let statement = "SELECT table_name, rows, sum FROM migration_assist.source_sums
        WHERE target_schema = $1";
    let rows = connection.query(statement, &[&schema]).await?;
    let unsigned = |number: i64| {
        u64::try_from(number).map_err(|_| Error::Unreadable { what: "a sum is negative" })
    };
    rows.iter()
        .map(|row| Ok((value(row, 0)?, (unsigned(value(row, 1)?)?, unsigned(value(row, 2)?)?))))
        .collect()
}
