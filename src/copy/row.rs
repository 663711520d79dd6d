//! A row during the copy: its key, its problem, and its records in the quarantine.

use super::quarantine_buffer::QuarantineBuffer;
use super::table::TableWork;
use super::{Error, RowProblem};
use crate::convert::{Altered, Failure};
use crate::dump::has_lost_characters;
use crate::postgres::ServerError;
use crate::quarantine::{Action, Cell, Columns, Record};
use crate::schema::Kind;
use crate::source::Row;

/// The rule of the check that counts such values.
const LOST_CHARACTERS: &str = "lost-characters";

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

/// The problem of a row that cannot be converted.
pub(super) fn not_converted(table: &TableWork, row: &Row, failure: &Failure) -> RowProblem {
    RowProblem {
        table: table.plan.source.clone(),
        key: printed_key(table, row),
        column: Some(failure.name.clone()),
        code: failure.reason.id().to_owned(),
        message: failure.reason.to_string(),
    }
}

/// The problem of a row that the target rejects.
pub(super) fn refused(table: &TableWork, row: &Row, error: &ServerError) -> RowProblem {
    RowProblem {
        table: table.plan.source.clone(),
        key: printed_key(table, row),
        column: error.column.clone(),
        code: error.sqlstate.clone(),
        message: format!("{} (SQLSTATE {})", error.message, error.sqlstate),
    }
}

/// Quarantines a row that is not copied.
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

/// Records the values of a row in which characters were lost before: what they were is not known, and the copy
/// takes them unchanged.
pub(super) fn record_losses(
    table: &TableWork,
    row: &Row,
    outbox: &mut QuarantineBuffer<'_>,
) -> Result<(), Error> {
    for (column, cell) in table.plan.columns.iter().zip(row.cells()) {
        let is_text = matches!(column.source_type.kind(), Kind::Text(_) | Kind::Json { .. });
        let Some(value) = cell.filter(|cell| is_text && has_lost_characters(cell)) else {
            continue;
        };
        outbox.put(Record {
            table: table.plan.source.clone(),
            key: key(table, row),
            reasons: vec![LOST_CHARACTERS.to_owned()],
            action: Action::LostCharacters {
                column: column.source.clone(),
                value: Cell::from(Some(value.to_vec())),
            },
        })?;
    }
    Ok(())
}

/// Quarantines the originals of a row's changed values.
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
                old: Cell::from(original),
                new: Cell::from(change.replacement),
            },
        };
        outbox.put(record)?;
    }
    Ok(())
}
