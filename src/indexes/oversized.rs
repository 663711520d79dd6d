//! Finds the rows whose text does not fit a `tsvector`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::postgres::{Connection, Error};
use crate::schema::{Catalog, Index, Limit, Table};
use crate::sql::Dialect::Postgres;

/// A shorter document cannot exceed a `tsvector`, whose limit is 1 MiB less a byte: a lexeme takes at most four
/// times the bytes that it takes in the text.
const SHORTEST_SUSPECT: usize = 256 * 1024;

/// The most rows that are listed.
const NAMED: usize = 20;

/// Rows whose document is too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Oversized {
    /// The number of rows.
    pub count: usize,
    /// The column whose text is indexed.
    pub column: String,
    /// The column of the primary key.
    pub key: String,
    /// The first of their keys.
    pub keys: Vec<String>,
}

/// The rows of the index's table for which its expression fails; `None` if the table has no primary key of one
/// column, or the index has no expression.
pub(super) async fn oversized_documents(
    connection: &Connection,
    live: &Catalog,
    index: &Index,
) -> Result<Option<Oversized>, Error> {
    let Some((table, expression)) = live.tables.get(&index.table).zip(index.expression()) else {
        return Ok(None);
    };
    let ([key], Some(column)) = (table.primary_key(), indexed_column(table, expression)) else {
        return Ok(None);
    };
    let (table, key_column) = (Postgres.identifier(&table.name), Postgres.identifier(key));
    let suspects = format!(
        "SELECT {key_column}::text FROM {table}
         WHERE octet_length({table}::text) > {SHORTEST_SUSPECT} ORDER BY 1"
    );
    let question =
        format!("SELECT length({expression}) FROM {table} WHERE {key_column}::text = $1");
    let mut found = Oversized { count: 0, column, key: key.clone(), keys: Vec::new() };
    for row in connection.query(&suspects, &[]).await? {
        let suspect: String = row.get(0);
        match connection.query(&question, &[&suspect]).await {
            Ok(_) => {}
            Err(Error::Server(_)) => {
                found.count += 1;
                if found.keys.len() < NAMED {
                    found.keys.push(suspect);
                }
            }
            Err(lost) => return Err(lost),
        }
    }
    Ok(Some(found))
}

/// The largest text column in the expression.
fn indexed_column(table: &Table, expression: &str) -> Option<String> {
    let size = |limit| match limit {
        Limit::Characters(most) | Limit::Bytes(most) => most,
        Limit::None => u64::MAX,
    };
    let named = table.columns.iter().filter(|column| expression.contains(&column.name));
    let texts = named.filter_map(|column| Some((size(column.data_type.text_limit()?), column)));
    texts.max_by_key(|(size, _)| *size).map(|(_, column)| column.name.clone())
}
