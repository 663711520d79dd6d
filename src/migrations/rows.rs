//! Tables of a target with rows other than those of migrations.

use super::{Error, is_known_name};
use crate::mattermost::{SYSTEMS_ON_POSTGRES, is_bookkeeping};
use crate::postgres::{Connection, holds_only_seeds, row_presence};

/// The tables of Mattermost and its plugins with rows in a schema, by name. Bookkeeping and the two rows that
/// migrations write to `systems` do not count.
pub async fn tables_with_rows(connection: &Connection, schema: &str) -> Result<Vec<String>, Error> {
    let tables = connection
        .query(
            "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = $1 ORDER BY 1",
            &[&schema],
        )
        .await?;
    let tables: Vec<String> = tables
        .iter()
        .map(|row| row.get::<_, String>(0))
        .filter(|table| !is_bookkeeping(table) && is_known_name(table))
        .collect();
    let mut held = Vec::new();
    for (table, holds) in row_presence(connection, schema, &tables).await? {
        let counts = holds
            && (table != SYSTEMS_ON_POSTGRES || !holds_only_seeds(connection, schema).await?);
        if counts {
            held.push(table);
        }
    }
    Ok(held)
}
