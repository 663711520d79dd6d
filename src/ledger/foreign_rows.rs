//! Rows of the target that no copy wrote, or that were changed after the copy.

use super::{Error, count, exists, value};
use crate::postgres::Connection;
use crate::sql::Dialect::Postgres;

/// Rows of a table that only the target has, as far as the ledger records.
#[derive(Debug, Clone, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct ForeignRows {
    /// The target's name of the table.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// The keys of some of them.
    pub keys: Vec<String>,
}

/// How many keys are named for each table.
const KEYS: usize = 3;

/// Finds the rows of a table that neither the recorded copy nor following wrote in their present form:
/// other sessions inserted or changed them. `key` are the columns of its primary key.
///
/// A row carries the number of the transaction that wrote it (PostgreSQL manual, "System Columns"), and
/// the ledger has those of the copy and of following.
pub async fn find_foreign_rows(
    connection: &Connection,
    schema: &str,
    table: &str,
    key: &[String],
) -> Result<Option<ForeignRows>, Error> {
    let quoted = Postgres.qualified(schema, table);
    let ours = if exists(connection).await? {
        format!(
            "WITH ours AS MATERIALIZED (
                 SELECT first_xid, last_xid FROM migration_assist.copied_parts
                 WHERE target_schema = {schema} AND table_name = {table} AND finished
                     AND first_xid IS NOT NULL)
             SELECT {{}} FROM {quoted} AS it
             WHERE it.xmin::text::bigint NOT IN (SELECT first_xid FROM ours)
                 AND NOT EXISTS (SELECT FROM ours WHERE first_xid < last_xid
                     AND it.xmin::text::bigint BETWEEN first_xid AND last_xid)
                 AND coalesce(it.xmin::text::bigint > (
                     SELECT last_xid FROM migration_assist.followed_transactions
                     WHERE target_schema = {schema} AND first_xid <= it.xmin::text::bigint
                     ORDER BY first_xid DESC LIMIT 1), true)",
            schema = Postgres.literal(schema),
            table = Postgres.literal(table),
        )
    } else {
        format!("SELECT {{}} FROM {quoted} AS it")
    };
    let rows = count(&connection.query_one(&ours.replace("{}", "count(*)"), &[]).await?, 0)?;
    if rows == 0 {
        return Ok(None);
    }
    let mut keys = Vec::new();
    if !key.is_empty() {
        let columns: Vec<_> =
            key.iter().map(|it| format!("it.{}::text", Postgres.identifier(it))).collect();
        let key = format!("concat_ws(', ', {})", columns.join(", "));
        let some = format!("{} LIMIT {KEYS}", ours.replace("{}", &key));
        for row in connection.query(&some, &[]).await? {
            keys.push(value(&row, 0)?);
        }
    }
    Ok(Some(ForeignRows { table: table.to_owned(), rows, keys }))
}
