//! Restores a dropped column in its place, with its values and indexes.

use super::batches::Batch;
use super::{Returned, UNREADABLE, UndoReport, read_row, table_of};
use crate::ddl::{
    self,
    clause::{self, ColumnClause},
};
use crate::mysql::{self, Connection};
use crate::quarantine::{Action, IndexDefinition, Reader, Record};
use crate::repair::UNFINISHED;
use crate::repair::apply::is_row;
use crate::repair::error::{AtTable as _, Error};
use crate::repair::plan::TableFix;
use crate::schema::{Catalog, Table};
use crate::sql::Dialect;

/// The most values of one transaction.
const VALUES: usize = 500;

/// Creates the column under another name, fills it, and gives it its name and indexes, so that it is never
/// visible incomplete.
pub(super) async fn restore(
    connection: &mut Connection,
    source: &Catalog,
    batch: &Batch,
    reader: &mut Reader,
    record: &Record,
    report: &mut UndoReport,
) -> Result<(), Error> {
    let Action::DroppedColumn { column, definition, after, indexes, nullable } = &record.action
    else {
        return Ok(());
    };
    let Some(table) = source.tables.get(&record.table) else {
        report.add(record, Returned::Not("the table is gone".to_owned()));
        return Ok(());
    };
    if table.column(column).is_some() {
        report.add(record, Returned::Already);
        return Ok(());
    }
    let clauses = ColumnClause::read(definition)
        .and_then(|column| Ok((column, index_changes(table, indexes)?)));
    let Ok((clause, changes_of_indexes)) = clauses else {
        report.add(record, Returned::Not(UNREADABLE.to_owned()));
        return Ok(());
    };
    let name = Dialect::MySql.identifier(&table.name);
    let unfinished = Dialect::MySql.identifier(UNFINISHED);
    let place = place(table, after.as_deref());
    if table.column(UNFINISHED).is_none() {
        // A CHECK constraint contains the column's final name.
        let added = clause.without_checks().with_name(UNFINISHED);
        let sql = format!("ALTER TABLE {name} ADD COLUMN {added}{place}");
        connection.execute(&sql).await.at(&table.name)?;
    }
    let made = mysql::read_catalog(connection).await.map_err(Error::Catalog)?;
    let missing = || mysql::Error::Unexpected("the column was not made".to_owned());
    let made = table_of(connection, &made, &table.name).ok_or_else(missing).at(&table.name)?;
    if *nullable {
        let times = made.times_but(UNFINISHED);
        let sql =
            format!("UPDATE {name} SET {unfinished} = NULL{times} WHERE {unfinished} IS NOT NULL");
        connection.execute(&sql).await.at(&table.name)?;
    }
    fill(connection, batch, reader, &made, report).await?;
    let mut changes =
        vec![format!("CHANGE COLUMN {unfinished} {}{place}", clause.with_name(column))];
    changes.extend(changes_of_indexes);
    let sql = format!("ALTER TABLE {name} {}", changes.join(", "));
    connection.execute(&sql).await.at(&table.name)?;
    report.add(record, Returned::Restored);
    Ok(())
}

fn place(table: &Table, after: Option<&str>) -> String {
    match after {
        None => " FIRST".to_owned(),
        Some(before) if table.column(before).is_some() => {
            format!(" AFTER {}", Dialect::MySql.identifier(before))
        }
        Some(_) => String::new(),
    }
}

/// The changes that restore the indexes. An index that lost the column with it is built again.
fn index_changes(table: &Table, indexes: &[IndexDefinition]) -> Result<Vec<String>, ddl::Error> {
    let mut changes = Vec::new();
    for index in indexes {
        if table.indexes.contains_key(&index.name) {
            changes.push(format!("DROP INDEX {}", Dialect::MySql.identifier(&index.name)));
        }
        changes.push(format!("ADD {}", clause::index(&index.definition)?));
    }
    Ok(changes)
}

async fn fill(
    connection: &mut Connection,
    batch: &Batch,
    reader: &mut Reader,
    table: &TableFix,
    report: &mut UndoReport,
) -> Result<(), Error> {
    let mut records = Vec::new();
    for record in batch.records(reader)? {
        records.push(record?);
        if records.len() == VALUES {
            put(connection, table, &records, report).await?;
            records.clear();
        }
    }
    put(connection, table, &records, report).await
}

async fn put(
    connection: &mut Connection,
    table: &TableFix,
    records: &[Record],
    report: &mut UndoReport,
) -> Result<(), Error> {
    let column = table.columns.iter().find(|it| it.name == UNFINISHED);
    let missing = || mysql::Error::Unexpected("the column was not made".to_owned());
    let column = column.ok_or_else(missing).at(&table.name)?;
    let mut transaction = connection.transaction().await.at(&table.name)?;
    for record in records {
        let Action::DroppedValue { old, .. } = &record.action else { continue };
        let Some(row) = is_row(table, &record.key) else { continue };
        let (name, value) = (column.sql(), column.restore(old));
        let times = table.times_but(UNFINISHED);
        let sql = format!("UPDATE {} SET {name} = {value}{times} WHERE {row}", table.sql());
        if transaction.execute(&sql).await.at(&table.name)? > 0 {
            continue;
        }
        // Nothing changed: the value is there already, or the row does not exist.
        if read_row(&mut transaction, table, &[column], &row).await?.is_none() {
            report.add(record, Returned::Not("the row is gone".to_owned()));
        }
    }
    transaction.commit().await.at(&table.name)
}
