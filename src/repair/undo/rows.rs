//! Restores changed values and deleted rows.

use super::batches::Batch;
use super::{Returned, UndoReport, insertion, read_row, table_of};
use crate::mysql::{Connection, Transaction};
use crate::quarantine::{Action, Cell, Columns, Reader, Record};
use crate::repair::apply::{Outcome, holds_all, is_row, run};
use crate::repair::error::{AtTable as _, Error};
use crate::repair::plan::{RowKey, TableFix};
use crate::schema::Catalog;

const GONE: &str = "the row is gone";
const CHANGED: &str = "it was changed since";
const REFUSED: &str = "the server refuses the old value";

/// Restores a batch in one transaction.
pub(super) async fn restore(
    connection: &mut Connection,
    source: &Catalog,
    batch: &Batch,
    reader: &mut Reader,
    report: &mut UndoReport,
) -> Result<(), Error> {
    let records: Result<Vec<Record>, Error> = batch.records(reader)?.collect();
    let records = records?;
    let Some(first) = records.first() else { return Ok(()) };
    let Some(table) = table_of(connection, source, &first.table) else {
        let gone = || Returned::Not("the table is gone".to_owned());
        for record in &records {
            report.add(record, gone());
        }
        return Ok(());
    };
    let mut transaction = connection.transaction().await.at(&table.name)?;
    let mut outcomes = Vec::with_capacity(records.len());
    // A table without a key identifies its rows by their values just before each change.
    for record in records.iter().rev() {
        let returned = match &record.action {
            Action::Altered { column, old, new } => {
                value(&mut transaction, &table, &record.key, column, (old, new)).await?
            }
            Action::Deleted { row } => deleted(&mut transaction, &table, &record.key, row).await?,
            _ => continue,
        };
        outcomes.push((record, returned));
    }
    transaction.commit().await.at(&table.name)?;
    for (record, returned) in outcomes {
        report.add(record, returned);
    }
    Ok(())
}

async fn value(
    transaction: &mut Transaction<'_>,
    table: &TableFix,
    key: &Columns,
    column: &str,
    (old, new): (&Cell, &Cell),
) -> Result<Returned, Error> {
    let Some(stored) = table.columns.iter().find(|it| it.name == column) else {
        return Ok(Returned::Not("the column is gone".to_owned()));
    };
    let located = match table.key {
        RowKey::Primary(_) => is_row(table, key),
        // All other columns; the changed one is compared with its new value.
        RowKey::WholeRow => {
            let others = key.0.iter().filter(|(name, _)| name != column).cloned().collect();
            holds_all(table, &Columns(others))
                .map(|it| if it.is_empty() { "TRUE".into() } else { it })
        }
    };
    let Some(located) = located else { return Ok(Returned::Not(GONE.to_owned())) };
    let ignore = if stored.is_written_with_a_warning(old) { " IGNORE" } else { "" };
    let sql = format!(
        "UPDATE{ignore} {} SET {} = {}{} WHERE {located} AND {}{}",
        table.sql(),
        stored.sql(),
        stored.restore(old),
        table.times_but(column),
        stored.holds_written(new),
        table.limit(),
    );
    match run(transaction, &sql).await.at(&table.name)? {
        Outcome::Done => return Ok(Returned::Restored),
        Outcome::Refused => return Ok(Returned::Not(REFUSED.to_owned())),
        Outcome::Changed => {}
    }
    let condition = match table.key {
        RowKey::Primary(_) => located,
        RowKey::WholeRow => format!("{located} AND {}", stored.holds(old)),
    };
    let current = read_row(transaction, table, &[stored], &condition).await?;
    Ok(match current.as_deref() {
        None => Returned::Not(GONE.to_owned()),
        Some([current]) if current == old => Returned::Already,
        Some(_) => Returned::Not(CHANGED.to_owned()),
    })
}

async fn deleted(
    transaction: &mut Transaction<'_>,
    table: &TableFix,
    key: &Columns,
    row: &Columns,
) -> Result<Returned, Error> {
    let (Some(sql), Some(located), Some(same)) = (
        insertion(table, &table.name, std::slice::from_ref(row)),
        is_row(table, key),
        holds_all(table, row),
    ) else {
        return Ok(Returned::Not("a column of the row is gone".to_owned()));
    };
    let columns = table.key_columns();
    if read_row(transaction, table, &columns, &located).await?.is_some() {
        let is_same = read_row(transaction, table, &columns, &same).await?.is_some();
        let taken = || Returned::Not("another row has its key now".to_owned());
        return Ok(if is_same { Returned::Already } else { taken() });
    }
    match run(transaction, &sql).await.at(&table.name)? {
        Outcome::Done => Ok(Returned::Restored),
        _ => Ok(Returned::Not(REFUSED.to_owned())),
    }
}
