//! A row on its way: its cells, its key, and what is said or kept of it.

use super::quarantine_buffer::QuarantineBuffer;
use super::table::TableWork;
use super::{Error, RowProblem};
use crate::convert::{Altered, Failure};
use crate::postgres::ServerError;
use crate::quarantine::{Action, Cell, Columns, Record};
use crate::source::Row;

fn key(table: &TableWork, row: &Row) -> Columns {
    let column = |&place: &usize| {
        let name = table.plan.columns[place].source.clone();
        (name, Cell::from(row.cell(place).map(<[u8]>::to_vec)))
    };
    Columns(table.key_places.iter().map(column).collect())
}

fn printed_key(table: &TableWork, row: &Row) -> Vec<(String, String)> {
    let print = |(name, value): (String, Cell)| {
        (name, String::from_utf8_lossy(value.bytes().unwrap_or_default()).into_owned())
    };
    key(table, row).0.into_iter().map(print).collect()
}

/// What is wrong with a row that cannot be converted.
pub(super) fn not_converted(table: &TableWork, row: &Row, failure: &Failure) -> RowProblem {
    RowProblem {
        table: table.plan.source.clone(),
        key: printed_key(table, row),
        column: Some(failure.name.clone()),
        code: failure.reason.id().to_owned(),
        message: failure.reason.to_string(),
    }
}

/// What is wrong with a row that the target refuses.
pub(super) fn refused(table: &TableWork, row: &Row, error: &ServerError) -> RowProblem {
    RowProblem {
        table: table.plan.source.clone(),
        key: printed_key(table, row),
        column: error.column.clone(),
        code: error.sqlstate.clone(),
        message: format!("{} (SQLSTATE {})", error.message, error.sqlstate),
    }
}

/// Keeps a row that does not arrive.
pub(super) fn quarantine_row(
    table: &TableWork,
    row: &Row,
    problem: &RowProblem,
    outbox: &mut QuarantineBuffer<'_>,
) -> Result<(), Error> {
    let names = table.plan.columns.iter().map(|column| column.source.clone());
    let values = row.cells().map(|cell| Cell::from(cell.map(<[u8]>::to_vec)));
    let record = Record {
        table: table.plan.source.clone(),
        key: key(table, row),
        reasons: vec![problem.code.clone()],
        action: Action::Deleted { row: Columns(names.zip(values).collect()) },
    };
    Ok(outbox.put(record)?)
}

/// Keeps the values of a row that arrive otherwise than they were.
pub(super) fn keep_altered(
    table: &TableWork,
    row: &Row,
    altered: Vec<Altered>,
    outbox: &mut QuarantineBuffer<'_>,
) -> Result<(), Error> {
    for Altered { column, original, change } in altered {
        let record = Record {
            table: table.plan.source.clone(),
            key: key(table, row),
            reasons: change.transforms.iter().map(|it| it.id().to_owned()).collect(),
            action: Action::Altered {
                column: table.plan.columns[column].source.clone(),
                old: Cell::Bytes(original),
                new: Cell::from(change.replacement),
            },
        };
        outbox.put(record)?;
    }
    Ok(())
}
