//! Row images: the changes of one rows event.

use bytes::Bytes;

use super::column::{CellError, Column};
use super::reader::{Cut, Reader};
use super::table_map::MappedTable;
use super::{LogCell, RowChange, code};

/// Why a rows event cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum RowsError {
    /// Only parts of the rows were logged.
    #[error("row images without some columns")]
    Partial,
    #[error("row image: {0}")]
    Cut(#[from] Cut),
    #[error("the event and its table map have different numbers of columns")]
    Count,
    #[error("cell: {0}")]
    Cell(#[from] CellError),
}

/// What kind of change a rows event holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Insert,
    Update,
    Delete,
}

impl Kind {
    /// The kind of an event type, and whether it is of the second version, which has a header of variable
    /// length.
    pub(super) fn of(event_type: u8) -> Option<(Self, bool)> {
        Some(match event_type {
            code::WRITE_ROWS_V1 => (Self::Insert, false),
            code::UPDATE_ROWS_V1 => (Self::Update, false),
            code::DELETE_ROWS_V1 => (Self::Delete, false),
            code::WRITE_ROWS => (Self::Insert, true),
            code::UPDATE_ROWS => (Self::Update, true),
            code::DELETE_ROWS => (Self::Delete, true),
            _ => return None,
        })
    }
}

/// Reads the rows of an event of a followed table.
pub(super) fn read_rows(
    kind: Kind,
    has_extra: bool,
    body: &Bytes,
    table: &MappedTable,
) -> Result<Vec<RowChange>, RowsError> {
    let mut reader = Reader::new(body);
    // The table's number and flags.
    reader.take(8)?;
    if has_extra {
        // The length counts itself.
        let extra = reader.length(2)?.checked_sub(2).ok_or(Cut)?;
        reader.take(extra)?;
    }
    let count = usize::try_from(reader.length_encoded()?).map_err(|_| Cut)?;
    if count != table.columns.len() {
        return Err(RowsError::Count);
    }
    let first = Present::read(&mut reader, table)?;
    let second = match kind {
        Kind::Update => Some(Present::read(&mut reader, table)?),
        Kind::Insert | Kind::Delete => None,
    };
    let mut changes = Vec::new();
    while !reader.is_empty() {
        let row = read_row(&mut reader, body, table, &first)?;
        changes.push(match (kind, &second) {
            (Kind::Insert, _) => RowChange { before: None, after: Some(row) },
            (Kind::Delete, _) => RowChange { before: Some(row), after: None },
            (Kind::Update, second) => {
                let after = second.as_ref().unwrap_or(&first);
                let after = read_row(&mut reader, body, table, after)?;
                RowChange { before: Some(row), after: Some(after) }
            }
        });
    }
    Ok(changes)
}

/// Which columns the row images of an event have.
struct Present<'a>(&'a [u8]);

impl<'a> Present<'a> {
    /// Reads the bits of the columns. Only columns that the server computes may be absent.
    fn read(reader: &mut Reader<'a>, table: &MappedTable) -> Result<Self, RowsError> {
        let present = Self(reader.take(table.columns.len().div_ceil(8))?);
        let is_complete =
            |(place, column): (usize, &Column)| present.has(place) || column.generated;
        let is_whole = table.columns.iter().enumerate().all(is_complete);
        is_whole.then_some(present).ok_or(RowsError::Partial)
    }

    fn has(&self, place: usize) -> bool {
        has_bit(self.0, place)
    }
}

fn has_bit(bits: &[u8], place: usize) -> bool {
    bits.get(place / 8).is_some_and(|byte| byte >> (place % 8) & 1 == 1)
}

fn read_row(
    reader: &mut Reader<'_>,
    event: &Bytes,
    table: &MappedTable,
    present: &Present<'_>,
) -> Result<Vec<LogCell>, RowsError> {
    let count = (0..table.columns.len()).filter(|&place| present.has(place)).count();
    let nulls = reader.take(count.div_ceil(8))?;
    let mut place_in_image = 0;
    let mut row = Vec::with_capacity(table.columns.len());
    for (place, column) in table.columns.iter().enumerate() {
        if !present.has(place) {
            row.push(LogCell::Inexact);
            continue;
        }
        let is_null = has_bit(nulls, place_in_image);
        row.push(if is_null { LogCell::Null } else { column.read(reader, event)? });
        place_in_image += 1;
    }
    Ok(row)
}
