//! Drops unused tables and columns of older versions, and nothing else.

mod column;
mod definition;
mod table;

use super::Mode;
use super::error::{AtTable as _, Error};
use super::report::{Counts, Place};
use crate::check::Rule;
use crate::mattermost::{is_leftover, is_leftover_column};
use crate::models::Models;
use crate::mysql::{self, Connection};
use crate::progress::{Progress, Task, TaskSize};
use crate::schema::Catalog;
use crate::sql::Dialect;

/// Why something is not dropped.
enum Stay {
    /// It does not exist: an interrupted run has dropped it.
    Gone,
    /// The server or its schema forbids it; the reason as text.
    Because(String),
    /// Another error.
    Failed(Error),
}

impl From<Error> for Stay {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<crate::quarantine::Error> for Stay {
    fn from(error: crate::quarantine::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Drops every leftover of the source and writes its contents to the quarantine.
pub(super) async fn fix(
    connection: &mut Connection,
    source: &Catalog,
    models: &Models<'_>,
    mode: &mut Mode<'_>,
    counts: &mut Counts,
    progress: &dyn Progress,
) -> Result<(), Error> {
    for (table, column) in found(source, models) {
        let task = Task::begin(progress, &table, TaskSize::UNKNOWN);
        let rule = if column.is_some() { Rule::LeftoverColumn } else { Rule::LeftoverTable };
        let place: Place = (table.clone(), column.clone(), rule);
        let outcome = match &column {
            Some(column) => column::drop_column(connection, source, &table, column, mode).await,
            None => table::drop_table(connection, source, &table, mode).await,
        };
        match outcome {
            Ok(()) => counts.of(place).dropped += 1,
            Err(Stay::Gone) => {}
            Err(Stay::Because(note)) => counts.leave_whole(place, note),
            Err(Stay::Failed(error)) => return Err(error),
        }
        task.finish();
    }
    Ok(())
}

/// The leftovers that exist: a table, or a column of a table.
fn found(source: &Catalog, models: &Models<'_>) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for table in source.tables.values() {
        let Some(counterpart) = models.counterpart(&table.name) else {
            if is_leftover(&table.name) {
                found.push((table.name.clone(), None));
            }
            continue;
        };
        for column in &table.columns {
            let is_listed = is_leftover_column(&table.name, &column.name);
            if is_listed && counterpart.target.column(&column.name).is_none() {
                found.push((table.name.clone(), Some(column.name.clone())));
            }
        }
    }
    found
}

/// The statement that creates a table.
pub(super) async fn definition_of(
    connection: &mut Connection,
    table: &str,
) -> Result<String, Error> {
    let sql = format!("SHOW CREATE TABLE {}", Dialect::MySql.identifier(table));
    let shown: Option<(String, String)> = connection.query_optional(&sql).await.at(table)?;
    let missing = || mysql::Error::Unexpected("the table has no definition".to_owned());
    shown.map(|(_, definition)| definition).ok_or_else(missing).at(table)
}

/// Locks the table against writes until [`unlock`], if the account may do so. Nothing writes to leftovers, so
/// the privilege is not required.
async fn lock(connection: &mut Connection, table: &str) -> Result<(), Stay> {
    let sql = format!("LOCK TABLES {} WRITE", Dialect::MySql.identifier(table));
    match connection.execute(&sql).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_table_missing() => Err(Stay::Gone),
        Err(error) if error.is_privilege_missing() => Ok(()),
        Err(error) => Err(error).at(table).map_err(Stay::Failed),
    }
}

async fn unlock(connection: &mut Connection, table: &str) -> Result<(), Error> {
    connection.execute("UNLOCK TABLES").await.map(drop).at(table)
}

/// Runs the statement that drops something; a restriction of the schema becomes a reason.
async fn drop_with(connection: &mut Connection, table: &str, sql: &str) -> Result<(), Stay> {
    match connection.execute(sql).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_drop_restricted() => Err(Stay::Because(error.to_string())),
        Err(error) => Err(Stay::Failed(Error::Table { table: table.to_owned(), source: error })),
    }
}
