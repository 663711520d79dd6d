//! Counts the rows that were written on PostgreSQL since a point in time, which a way back to MySQL leaves
//! behind.

use schemars::JsonSchema;
use serde::Serialize;

use crate::postgres::{Connection, Error};
use crate::sql::Dialect::Postgres;

/// The rows of the target that were written since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WrittenRows {
    /// The tables with such rows, the most rows first.
    pub tables: Vec<(String, u64)>,
    /// The tables whose rows have no time of a change, so that they are not counted.
    pub not_counted: Vec<String>,
}

impl WrittenRows {
    /// How many rows there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

/// Counts the rows of a schema that were created or changed after `since`, in milliseconds since 1970, by
/// the times that Mattermost writes in its columns `createat`, `updateat` and the like.
pub async fn rows_written_since(
    connection: &Connection,
    schema: &str,
    since: i64,
) -> Result<WrittenRows, Error> {
    // Times that lie ahead, such as that at which a session expires, are not times of a change.
    let statement = "SELECT c.relname::text, array_agg(a.attname::text) FILTER (
                WHERE a.atttypid = 'pg_catalog.int8'::regtype AND a.attname ~ 'at$'
                    AND a.attname !~ '(expire|schedule|remind|end|delete)s?at$')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1)
            AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        GROUP BY 1 ORDER BY 1";
    let mut written = WrittenRows::default();
    for row in connection.query(statement, &[&schema]).await? {
        let (table, columns): (String, Option<Vec<String>>) = (row.try_get(0)?, row.try_get(1)?);
        let Some(columns) = columns else {
            written.not_counted.push(table);
            continue;
        };
        let is_later: Vec<String> = columns
            .iter()
            .map(|name| format!("{} BETWEEN $1 AND $2", Postgres.identifier(name)))
            .collect();
        let statement = format!(
            "SELECT count(*) FROM {} WHERE {}",
            Postgres.qualified(schema, &table),
            is_later.join(" OR ")
        );
        // Clocks of nodes differ; what is ahead by more than an hour is no time of a change.
        let until = now(connection).await? + 3_600_000;
        let count: i64 = connection.query_one(&statement, &[&since, &until]).await?.try_get(0)?;
        if let Some(rows) = u64::try_from(count).ok().filter(|rows| *rows > 0) {
            written.tables.push((table, rows));
        }
    }
    written.tables.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    Ok(written)
}

async fn now(connection: &Connection) -> Result<i64, Error> {
    let statement = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    connection.query_one(statement, &[]).await?.try_get(0).map_err(Into::into)
}

/// The sessions of other clients in this database, as host and role.
pub async fn target_sessions(connection: &Connection) -> Result<Vec<String>, Error> {
    let statement = "SELECT DISTINCT coalesce(host(client_addr), 'local') || ' as ' || usename
        FROM pg_catalog.pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND backend_type = 'client backend' AND usename IS NOT NULL ORDER BY 1";
    let rows = connection.query(statement, &[]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
