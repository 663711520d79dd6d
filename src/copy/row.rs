//! A row on its way: its cells, its key, and what is said or kept of it.

use super::aside::{Fate, Kept, Outbox};
use super::table::TableWork;
use super::{Error, RowProblem};
use crate::convert::{Altered, Failure};
use crate::mysql::{Row, Value};
use crate::postgres::ServerError;

/// The cells of a row, as the text protocol delivers them.
pub(super) fn cells(row: &Row) -> impl Iterator<Item = Option<&[u8]>> {
    (0..row.len()).map(|place| cell(row, place))
}

fn cell(row: &Row, place: usize) -> Option<&[u8]> {
    match row.as_ref(place) {
        Some(Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

fn key(table: &TableWork, row: &Row) -> Vec<(String, Vec<u8>)> {
    let column = |&place: &usize| {
        let name = table.plan.columns[place].source.clone();
        (name, cell(row, place).unwrap_or_default().to_vec())
    };
    table.key_places.iter().map(column).collect()
}

fn printed_key(table: &TableWork, row: &Row) -> Vec<(String, String)> {
    let print = |(name, value): (String, Vec<u8>)| (name, String::from_utf8_lossy(&value).into());
    key(table, row).into_iter().map(print).collect()
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
        message: error.message.clone(),
    }
}

/// Keeps all cells of a row that does not arrive.
pub(super) fn set_aside(
    table: &TableWork,
    row: &Row,
    problem: &RowProblem,
    outbox: &mut Outbox<'_>,
) -> Result<(), Error> {
    let key = key(table, row);
    for (column, cell) in table.plan.columns.iter().zip(cells(row)) {
        let kept = Kept {
            table: table.plan.source.clone(),
            key: key.clone(),
            column: column.source.clone(),
            old: cell.map(<[u8]>::to_vec),
            fate: Fate::SetAside,
            reason: problem.code.clone(),
        };
        outbox.put(kept).map_err(Error::Quarantine)?;
    }
    Ok(())
}

/// Keeps the values of a row that arrive otherwise than they were.
pub(super) fn keep_altered(
    table: &TableWork,
    row: &Row,
    altered: Vec<Altered>,
    outbox: &mut Outbox<'_>,
) -> Result<(), Error> {
    for Altered { column, original, change } in altered {
        let transforms: Vec<_> = change.transforms.iter().map(|it| it.id()).collect();
        let kept = Kept {
            table: table.plan.source.clone(),
            key: key(table, row),
            column: table.plan.columns[column].source.clone(),
            old: Some(original),
            fate: Fate::Altered(change.replacement),
            reason: transforms.join("+"),
        };
        outbox.put(kept).map_err(Error::Quarantine)?;
    }
    Ok(())
}
