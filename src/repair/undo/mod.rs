//! Restores what a quarantine contains, byte for byte, newest first.
//!
//! Nothing that another session has changed is overwritten: each value must still be the result of the repair.
//! A second run recognises what the first one restored, and resumes.

mod batches;
mod column;
mod rows;
mod table;

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::candidates::bytes;
use super::error::{AtTable as _, Error};
use super::plan::{RowKey, TableFix};
use super::row::printed;
use super::stored::Stored;
use super::{Checks, checks};
use crate::check::Key;
use crate::mysql::{self, Connection, Row};
use crate::progress::{Progress, Task, TaskSize};
use crate::quarantine::{Action, Cell, Columns, Reader, Record};
use crate::schema::Catalog;

use batches::{Batch, Repairs, read_repairs};

/// Why a table or a column is not restored if its definition is anything but one definition.
const UNREADABLE: &str = "its definition in the file cannot be read";

/// Label of the progress of an undo.
const WORK: &str = "undoing fixes";

/// What an undo accepts in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UndoOptions {
    /// Records of a database of another name.
    pub other_database: bool,
    /// A last line without its end.
    pub incomplete_file: bool,
}

/// The outcome of an undo.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct UndoReport {
    /// Values, rows, columns and tables that were restored.
    pub restored: u64,
    /// Those that were in the original state already.
    pub already: u64,
    /// Those that could not be restored.
    pub conflicts: Vec<Conflict>,
}

/// Something that could not be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Conflict {
    pub table: String,
    /// The column, for a single value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The row's key; empty for a table without one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key: Key,
    /// The reason, in one sentence without a full stop.
    pub reason: String,
}

/// The outcome for a record.
enum Returned {
    Restored,
    Already,
    Not(String),
}

/// Restores everything that repairs of the source changed or removed, from the file that they wrote.
///
/// The connection must be able to write, and cannot be used after an error.
pub async fn undo(
    connection: &mut Connection,
    path: &Path,
    options: UndoOptions,
    progress: &dyn Progress,
) -> Result<UndoReport, Error> {
    let mut reader = Reader::open(path)?;
    let Repairs { batches, databases } = read_repairs(&mut reader)?;
    if let Some(line) = reader.incomplete_line().filter(|_| !options.incomplete_file) {
        return Err(Error::Incomplete { path: path.to_owned(), line });
    }
    let connected = connection.database().await.map_err(Error::Catalog)?;
    let other = databases.into_iter().find(|it| *it != connected);
    if let Some(recorded) = other.filter(|_| !options.other_database) {
        return Err(Error::OtherDatabase { path: path.to_owned(), recorded, connected });
    }
    checks(connection, Checks::Off).await?;
    // A row that was deleted because its parent is missing has no parent now either.
    let no_parents = "SET foreign_key_checks = 0";
    connection.execute(no_parents).await.map_err(Error::Catalog)?;
    let report = put_back(connection, &mut reader, &batches, progress).await?;
    connection.execute("SET foreign_key_checks = 1").await.map_err(Error::Catalog)?;
    checks(connection, Checks::On).await?;
    Ok(report)
}

async fn put_back(
    connection: &mut Connection,
    reader: &mut Reader,
    batches: &[Batch],
    progress: &dyn Progress,
) -> Result<UndoReport, Error> {
    let mut source = mysql::read_catalog(connection).await.map_err(Error::Catalog)?;
    let mut report = UndoReport::default();
    let records = batches.iter().map(|batch| batch.records).sum();
    let task = Task::begin(progress, WORK, TaskSize::rows(records));
    for batch in batches.iter().rev() {
        let Some(first) = batch.first(reader)? else { continue };
        match &first.action {
            Action::DroppedTable { definition } => {
                table::restore(
                    connection,
                    &source,
                    batch,
                    reader,
                    &first.table,
                    definition,
                    &mut report,
                )
                .await?;
                source = mysql::read_catalog(connection).await.map_err(Error::Catalog)?;
            }
            Action::DroppedColumn { .. } => {
                column::restore(connection, &source, batch, reader, &first, &mut report).await?;
                source = mysql::read_catalog(connection).await.map_err(Error::Catalog)?;
            }
            _ => rows::restore(connection, &source, batch, reader, &mut report).await?,
        }
        task.advance(batch.records);
    }
    task.finish();
    Ok(report)
}

impl UndoReport {
    fn add(&mut self, record: &Record, returned: Returned) {
        match returned {
            Returned::Restored => self.restored += 1,
            Returned::Already => self.already += 1,
            Returned::Not(reason) => {
                let column = match &record.action {
                    Action::Altered { column, .. }
                    | Action::DroppedColumn { column, .. }
                    | Action::DroppedValue { column, .. } => Some(column.clone()),
                    _ => None,
                };
                let key = record.key.0.iter().map(|(_, cell)| printed(cell)).collect();
                self.conflicts.push(Conflict { table: record.table.clone(), column, key, reason });
            }
        }
    }
}

/// A table of the source as records name it; `None` if it does not exist.
fn table_of(connection: &Connection, source: &Catalog, name: &str) -> Option<TableFix> {
    let flavour = connection.server().flavour;
    let table = source.tables.get(name)?;
    Some(TableFix {
        name: table.name.clone(),
        columns: table.columns.iter().map(|it| Stored::new(flavour, it)).collect(),
        key: RowKey::of(table),
        asked: Vec::new(),
        is_referenced: false,
    })
}

/// The bytes of some columns of the row that meets a condition.
async fn read_row(
    connection: &mut Connection,
    table: &TableFix,
    columns: &[&Stored],
    condition: &str,
) -> Result<Option<Vec<Cell>>, Error> {
    let outputs: Vec<String> = columns.iter().map(|column| column.raw()).collect();
    let sql =
        format!("SELECT {} FROM {} WHERE {condition} LIMIT 1", outputs.join(", "), table.sql());
    let row: Option<Row> = connection.query_optional(&sql).await.at(&table.name)?;
    Ok(row
        .map(|row| row.unwrap_raw().into_iter().map(|it| Cell::from(it.and_then(bytes))).collect()))
}

/// The statement that inserts rows with all their values into a table; `None` if a column does not exist.
fn insertion(table: &TableFix, into: &str, rows: &[Columns]) -> Option<String> {
    let first = rows.first()?;
    let column =
        |(name, _): &(String, Cell)| table.columns.iter().find(|column| column.name == *name);
    let columns: Option<Vec<&Stored>> = first.0.iter().map(column).collect();
    let columns = columns?;
    let names: Vec<String> = columns.iter().map(|column| column.sql()).collect();
    let values = rows.iter().map(|row| {
        let cells = columns.iter().zip(&row.0).map(|(column, (_, cell))| column.restore(cell));
        format!("({})", cells.collect::<Vec<_>>().join(", "))
    });
    let values: Vec<String> = values.collect();
    let into = crate::sql::Dialect::MySql.identifier(into);
    Some(format!("INSERT INTO {into} ({}) VALUES {}", names.join(", "), values.join(", ")))
}
