//! The queries of views in the form that the server prints.

use super::{Connection, Error};
use crate::sql::Dialect::Postgres;

/// A query in the form in which the server prints the definition of a view, with names of `schema`
/// unqualified as in [`super::read_catalog`].
///
/// The server creates a temporary view of it and drops it in the same transaction, which needs the privilege
/// `TEMPORARY` and a server that accepts writes.
pub async fn print_view_query(
    connection: &Connection,
    schema: &str,
    query: &str,
) -> Result<String, Error> {
    let path = Postgres.identifier(schema);
    let query = query.trim().trim_end_matches(';');
    let statements = format!(
        "BEGIN; SET LOCAL search_path TO {path};
         CREATE TEMPORARY VIEW migration_assist_printed AS {query};
         SELECT pg_catalog.pg_get_viewdef('pg_temp.migration_assist_printed'::regclass);
         ROLLBACK"
    );
    match connection.batch_query(&statements).await {
        Ok(rows) => {
            let printed = rows.first().map(|query| query.trim().trim_end_matches(';').to_owned());
            printed.ok_or_else(|| Error::Unexpected {
                what: "it prints no definition of a view".into(),
            })
        }
        Err(error) => {
            if matches!(error, Error::Server(_)) {
                connection.batch_execute("ROLLBACK").await?;
            }
            Err(error)
        }
    }
}
