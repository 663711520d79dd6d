//! How many more sessions a role may open.

use super::{Connection, Error};
use crate::sql::Dialect::Postgres;

/// The limit of sessions that is reached first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLimit {
    /// The number of sessions that the server grants next to those that are open now.
    pub free: u32,
    limit: i64,
    scope: Scope,
}

/// What a limit applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    Role(String),
    Database(String),
    Server,
}

impl SessionLimit {
    /// How an administrator grants so many more sessions.
    #[must_use]
    pub fn raise(&self, more: u32) -> String {
        let limit = self.limit + i64::from(more);
        match &self.scope {
            Scope::Role(name) => {
                let name = Postgres.identifier(name);
                format!("ALTER ROLE {name} CONNECTION LIMIT {limit};")
            }
            Scope::Database(name) => {
                let name = Postgres.identifier(name);
                format!("ALTER DATABASE {name} CONNECTION LIMIT {limit};")
            }
            // It takes effect when the server starts.
            Scope::Server => format!("ALTER SYSTEM SET max_connections = {limit};"),
        }
    }
}

/// Reads the limits of the role, the database and the server. A superuser has none of the first two.
pub async fn session_limit(connection: &Connection) -> Result<SessionLimit, Error> {
    let statement = "WITH open AS (
            SELECT count(*) FILTER (WHERE usename = session_user) AS of_role,
                count(*) FILTER (WHERE datname = current_database()) AS of_database, count(*) AS of_all
            FROM pg_catalog.pg_stat_activity
            WHERE usename IS NOT NULL AND (backend_type IS NULL OR backend_type = 'client backend')
        ), server AS (
            SELECT current_setting('max_connections')::bigint AS max_connections
        )
        SELECT rolname::text, datname::text, max_connections, rolconnlimit::bigint, datconnlimit::bigint,
            CASE WHEN NOT rolsuper AND rolconnlimit >= 0 THEN rolconnlimit - of_role END,
            CASE WHEN NOT rolsuper AND datconnlimit >= 0 THEN datconnlimit - of_database END,
            max_connections - of_all - CASE WHEN rolsuper THEN 0 ELSE
                current_setting('superuser_reserved_connections')::bigint
                    + coalesce(current_setting('reserved_connections', true)::bigint, 0) END
        FROM open, server, pg_catalog.pg_roles, pg_catalog.pg_database
        WHERE rolname = session_user AND datname = current_database()";
    let row = connection.query_one(statement, &[]).await?;
    let (of_role, of_database): (Option<i64>, Option<i64>) = (row.try_get(5)?, row.try_get(6)?);
    let server = (row.try_get::<_, i64>(7)?, row.try_get(2)?, Scope::Server);
    let mut lowest = server;
    if let Some(free) = of_database.filter(|free| *free <= lowest.0) {
        lowest = (free, row.try_get(4)?, Scope::Database(row.try_get(1)?));
    }
    if let Some(free) = of_role.filter(|free| *free <= lowest.0) {
        lowest = (free, row.try_get(3)?, Scope::Role(row.try_get(0)?));
    }
    let (free, limit, scope) = lowest;
    Ok(SessionLimit { free: u32::try_from(free.max(0)).unwrap_or(u32::MAX), limit, scope })
}
