//! Drops what Mattermost left behind: known tables and columns, and nothing else.

mod column;
mod definition;
mod table;

use super::Mode;
use super::error::{AtTable as _, Error};
use super::report::{Counts, Place};
use crate::check::known::is_named;
use crate::check::{LEFTOVER_COLUMNS, Rule};
use crate::models::Models;
use crate::mysql::{self, Connection};
use crate::progress::Progress;
use crate::schema::{Catalog, is_leftover};
use crate::sql::Dialect;

/// Why something is not dropped.
enum Stay {
    /// It is gone already: a run that was interrupted got so far.
    Gone,
    /// The server or its schema forbids it; the reason, in words.
    Because(String),
    /// Something else went wrong.
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

/// Drops every leftover of the source, its contents in the quarantine.
pub(super) async fn fix(
    connection: &mut Connection,
    source: &Catalog,
    models: &Models<'_>,
    mode: &mut Mode<'_>,
    counts: &mut Counts,
    progress: &dyn Progress,
) -> Result<(), Error> {
    for (table, column) in found(source, models) {
        progress.begin(&table, None);
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
        progress.finish(&table);
    }
    Ok(())
}

/// The leftovers that are there: a table, and a column of it or none.
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
            let is_listed =
                LEFTOVER_COLUMNS.iter().any(|&it| is_named(it, &table.name, &column.name));
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

/// Keeps others from writing to the table until [`unlock`], where the account may do so; nobody writes
/// to leftovers, so that the right is not insisted on.
async fn lock(connection: &mut Connection, table: &str) -> Result<(), Stay> {
    const DENIED: [u16; 4] = [1044, 1142, 1227, 1370];
    const NO_SUCH_TABLE: u16 = 1146;
    let sql = format!("LOCK TABLES {} WRITE", Dialect::MySql.identifier(table));
    match connection.execute(&sql).await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some(NO_SUCH_TABLE) => Err(Stay::Gone),
        Err(error) if error.code().is_some_and(|code| DENIED.contains(&code)) => Ok(()),
        Err(error) => Err(error).at(table).map_err(Stay::Failed),
    }
}

async fn unlock(connection: &mut Connection, table: &str) -> Result<(), Error> {
    connection.execute("UNLOCK TABLES").await.map(drop).at(table)
}

/// Runs the statement that drops something; what the server's schema forbids is told in words.
async fn drop_with(connection: &mut Connection, table: &str, sql: &str) -> Result<(), Stay> {
    /// Foreign keys, a column that something else is made of, a unique index that would break.
    const FORBIDDEN: [u16; 13] =
        [1062, 1072, 1090, 1217, 1451, 1553, 1828, 1829, 3108, 3730, 3837, 3959, 4052];
    match connection.execute(sql).await {
        Ok(_) => Ok(()),
        Err(error) if error.code().is_some_and(|code| FORBIDDEN.contains(&code)) => {
            Err(Stay::Because(error.to_string()))
        }
        Err(error) => Err(Stay::Failed(Error::Table { table: table.to_owned(), source: error })),
    }
}
