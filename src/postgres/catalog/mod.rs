//! A schema as the server's catalog describes it.

mod document;

use std::collections::BTreeMap;

use document::Document;

use super::{Connection, Error};
use crate::schema::Catalog;
use crate::sql::Dialect::Postgres;

const QUERY: &str = include_str!("catalog.sql");

/// Reads a schema: tables, indexes, foreign keys, enumerated types and views.
///
/// Names of the schema itself are unqualified in types, defaults and definitions, whatever the session's
/// `search_path`. Primary keys and unique constraints appear as the indexes behind them. A schema that does not
/// exist is read as an empty one. Objects of extensions are left out.
pub async fn read_catalog(connection: &Connection, schema: &str) -> Result<Catalog, Error> {
    Ok(read(connection, schema).await?.into_catalog())
}

/// All constraints of a schema's tables except NOT NULL, as `table.name` and `pg_get_constraintdef`.
pub async fn read_constraints(
    connection: &Connection,
    schema: &str,
) -> Result<BTreeMap<String, String>, Error> {
    Ok(read(connection, schema).await?.constraints)
}

/// One round trip and one transaction: the catalog functions omit the schema from names that `search_path`
/// finds, and the settings are restored afterwards.
async fn read(connection: &Connection, schema: &str) -> Result<Document, Error> {
    let name = Postgres.literal(schema);
    let path = Postgres.literal(&Postgres.identifier(schema));
    let statements = format!(
        "SELECT NULL FROM
             set_config('migration_assist.path', current_setting('search_path'), true);
         SELECT NULL FROM set_config('migration_assist.schema', {name}, true);
         SELECT NULL FROM set_config('search_path', {path}, true);
         {QUERY}
         SELECT NULL FROM
             set_config('search_path', current_setting('migration_assist.path'), true);"
    );
    let rows = connection.batch_query(&statements).await?;
    let document = rows.first().and_then(|text| serde_json::from_str(text).ok());
    document.ok_or_else(|| Error::Unexpected { what: "the catalog is not as expected".into() })
}
