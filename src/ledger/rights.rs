//! Whether an account can keep a ledger.

use super::{Error, value};
use crate::postgres::{Connection, Privilege, Readiness};
use crate::sql::Dialect::Postgres;

/// The schema and its tables: whether the account owns the one, and which of the others it does not own.
const OWNERS: &str = "SELECT pg_has_role(nspowner, 'USAGE'), ARRAY(
        SELECT relname::text FROM pg_catalog.pg_class
        WHERE relnamespace = it.oid AND relkind = 'r' AND NOT pg_has_role(relowner, 'USAGE')
        ORDER BY relname
    ) FROM pg_catalog.pg_namespace AS it WHERE nspname = 'migration_assist'";

/// The statements, for an administrator, without which the account cannot make or use a ledger.
///
/// The right to create schemas matters only if the schema is missing.
pub async fn missing_rights(
    connection: &Connection,
    readiness: &Readiness,
) -> Result<Vec<String>, Error> {
    let user = Postgres.identifier(&readiness.user);
    let Some(row) = connection.query_opt(OWNERS, &[]).await? else {
        let database = Postgres.identifier(&readiness.database);
        let statement = format!("GRANT CREATE ON DATABASE {database} TO {user};");
        let may_create = readiness.may(Privilege::CreateSchemas);
        return Ok(if may_create { Vec::new() } else { vec![statement] });
    };
    let (is_owned, tables): (bool, Vec<String>) = (value(&row, 0)?, value(&row, 1)?);
    let mut statements = Vec::new();
    if !is_owned {
        statements.push(format!("ALTER SCHEMA migration_assist OWNER TO {user};"));
    }
    statements.extend(tables.iter().map(|table| {
        let table = Postgres.identifier(table);
        format!("ALTER TABLE migration_assist.{table} OWNER TO {user};")
    }));
    Ok(statements)
}
