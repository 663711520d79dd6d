//! Queries about a schema's tables: their rows, owners and applied migrations.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Row;

use super::{Connection, Error};
use crate::mattermost::{MIGRATIONS, PLAYBOOKS_VERSION, Product, SEEDS, SYSTEMS_ON_POSTGRES};
use crate::release::MigrationSet;
use crate::sql::Dialect::Postgres;

/// Whether each of these tables of a schema has a row, in order. One round trip, and no table is read beyond
/// its first row. A table that does not exist is an error.
pub async fn row_presence<S: AsRef<str>>(
    connection: &Connection,
    schema: &str,
    tables: &[S],
) -> Result<Vec<(String, bool)>, Error> {
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let questions: Vec<String> = tables
        .iter()
        .map(|table| format!("EXISTS (SELECT FROM {})", Postgres.qualified(schema, table.as_ref())))
        .collect();
    let statement = format!("SELECT ARRAY[{}]", questions.join(", "));
    let present: Vec<bool> = connection.query_one(&statement, &[]).await?.try_get(0)?;
    Ok(tables.iter().map(|table| table.as_ref().to_owned()).zip(present).collect())
}

/// Whether a schema's table `systems` has only the rows that migrations write.
pub async fn holds_only_seeds(connection: &Connection, schema: &str) -> Result<bool, Error> {
    let systems = Postgres.qualified(schema, SYSTEMS_ON_POSTGRES);
    let question = format!("SELECT NOT EXISTS (SELECT FROM {systems} WHERE name <> ALL ($1))");
    Ok(connection.query_one(&question, &[&SEEDS.as_slice()]).await?.try_get(0)?)
}

/// The tables and materialized views of a schema that belong to a role, by their exact names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnedRelations {
    /// Tables, including partitioned ones.
    pub tables: BTreeSet<String>,
    /// Materialized views.
    pub materialized_views: BTreeSet<String>,
}

/// The relations of a schema that belong to the connected role, or to a role of which it is a member.
pub async fn owned_relations(
    connection: &Connection,
    schema: &str,
) -> Result<OwnedRelations, Error> {
    let statement = "SELECT relname::text, relkind = 'm'
        FROM pg_catalog.pg_class AS class
        JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
        WHERE nspname = $1 AND relkind IN ('r', 'p', 'm') AND pg_has_role(relowner, 'USAGE')";
    let mut owned = OwnedRelations::default();
    for row in connection.query(statement, &[&schema]).await? {
        let of_kind =
            if row.try_get(1)? { &mut owned.materialized_views } else { &mut owned.tables };
        of_kind.insert(row.try_get(0)?);
    }
    Ok(owned)
}

/// The size of a table without its indexes, in bytes; 0 if it does not exist.
pub async fn table_bytes(connection: &Connection, schema: &str, table: &str) -> Result<u64, Error> {
    let table = Postgres.qualified(schema, table);
    let statement = "SELECT coalesce(pg_table_size(to_regclass($1)), 0)";
    let bytes: i64 = connection.query_one(statement, &[&table]).await?.try_get(0)?;
    Ok(u64::try_from(bytes).unwrap_or_default())
}

/// The bytes of the rows of each of these tables of a schema, without large values and indexes. The server waits for
/// whoever has locked one of them.
pub async fn main_fork_bytes(
    connection: &Connection,
    schema: &str,
    tables: &[&str],
) -> Result<BTreeMap<String, u64>, Error> {
    let statement = "SELECT relname::text, pg_relation_size(oid) FROM pg_catalog.pg_class
        WHERE relnamespace = $1::text::regnamespace AND relkind IN ('r', 'm')
            AND relname::text = ANY ($2)";
    let schema = Postgres.identifier(schema);
    numbers_of_tables(&connection.query(statement, &[&schema, &tables]).await?)
}

/// The assumed size of a row, in bytes.
const BYTES_OF_A_ROW: u32 = 200;

/// The estimated rows of each table of a schema. The estimate for a table that was never analyzed uses its
/// size.
pub async fn estimated_rows(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, u64>, Error> {
    let statement = format!(
        "SELECT relname::text, GREATEST(reltuples::bigint, pg_relation_size(oid) / {BYTES_OF_A_ROW})
        FROM pg_catalog.pg_class WHERE relnamespace = $1::text::regnamespace AND relkind IN ('r', 'm')"
    );
    numbers_of_tables(&connection.query(&statement, &[&Postgres.identifier(schema)]).await?)
}

/// The numbers of rows with a name and a number each.
fn numbers_of_tables(rows: &[Row]) -> Result<BTreeMap<String, u64>, Error> {
    let number = |row: &Row| {
        // NULL is the size of a table that was dropped meanwhile.
        let number = row.try_get::<_, Option<i64>>(1)?.unwrap_or_default();
        Ok((row.try_get(0)?, u64::try_from(number).unwrap_or_default()))
    };
    rows.iter().map(number).collect()
}

/// The version of every product whose version table a schema has; empty if the table has no row for it.
/// Playbooks has a text such as `0.64.0`; the others have numbered migrations, as on MySQL.
pub async fn product_versions(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<Product, String>, Error> {
    let owned = owned_relations(connection, schema).await?;
    let mut versions = BTreeMap::new();
    for product in Product::ALL {
        let table = product.version_table().to_lowercase();
        if !owned.tables.contains(&table) {
            continue;
        }
        let name = Postgres.qualified(schema, &table);
        let sql = if product == Product::Playbooks {
            format!("SELECT svalue::text FROM {name} WHERE skey = '{PLAYBOOKS_VERSION}'")
        } else {
            format!("SELECT version::text FROM {name}")
        };
        let rows = connection.query(&sql, &[]).await?;
        let values: Vec<String> =
            rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let version = if product == Product::Playbooks {
            values.concat()
        } else {
            let numbers = values.iter().filter_map(|it| it.parse::<u32>().ok());
            numbers.collect::<MigrationSet>().as_version()
        };
        versions.insert(product, version);
    }
    Ok(versions)
}

/// Whether a schema has a table of this name.
pub async fn has_table(connection: &Connection, schema: &str, table: &str) -> Result<bool, Error> {
    let statement = "SELECT EXISTS (
        SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = $2)";
    Ok(connection.query_one(statement, &[&schema, &table]).await?.try_get(0)?)
}

/// The numbers and names in a schema's `db_migrations`, by number; `None` if the table is missing.
pub async fn applied_migrations(
    connection: &Connection,
    schema: &str,
) -> Result<Option<Vec<(u32, String)>>, Error> {
    let table = Postgres.qualified(schema, MIGRATIONS);
    if !has_table(connection, schema, MIGRATIONS).await? {
        return Ok(None);
    }
    let statement = format!("SELECT version::bigint, name::text FROM {table} ORDER BY version");
    let rows = connection.query(&statement, &[]).await?;
    let migrations = rows.iter().map(|row| {
        let number = u32::try_from(row.try_get::<_, i64>(0)?).map_err(|_| Error::Unexpected {
            what: "`db_migrations` holds a number that is no migration's".into(),
        })?;
        Ok((number, row.try_get(1)?))
    });
    migrations.collect::<Result<_, Error>>().map(Some)
}
