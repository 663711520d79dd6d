//! Table maps: which table the rows behind them belong to, and how its columns are stored.

use super::column::Column;
use super::layout::{ColumnLayout, Layout};
use super::reader::{Cut, Reader};
use super::storage::{Storage, StorageError};

/// A table as one of its table maps describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MappedTable {
    /// The name as the catalog spells it.
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

/// What the rows behind a table map are to a follower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mapping {
    Followed(MappedTable),
    /// A table of the followed database that the catalog does not have.
    Unknown(String),
    /// A table of another database.
    Elsewhere,
}

/// Why a table map cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum MappingError {
    #[error("table map: {0}")]
    Cut(#[from] Cut),
    #[error("the table differs from the catalog")]
    Changed { table: String, difference: String },
}

/// The number of the table that a table map or a rows event names.
pub(super) fn table_id(body: &[u8]) -> Result<u64, Cut> {
    Reader::new(body).little(6)
}

impl Mapping {
    /// Reads a table map and compares it with the catalog.
    pub(super) fn read(body: &[u8], layout: &Layout) -> Result<Self, MappingError> {
        let mut reader = Reader::new(body);
        // The table's number and flags.
        reader.take(8)?;
        let database = name(&mut reader)?;
        let table = name(&mut reader)?;
        if !layout.is_followed(&database) {
            return Ok(Self::Elsewhere);
        }
        let Some((table, columns)) = layout.table(&table) else { return Ok(Self::Unknown(table)) };
        let changed = |difference| MappingError::Changed { table: table.to_owned(), difference };
        let count = usize::try_from(reader.length_encoded()?).map_err(|_| Cut)?;
        let types = reader.take(count)?;
        if count != columns.len() {
            return Err(changed(format!("{count} columns instead of {}", columns.len())));
        }
        let length = usize::try_from(reader.length_encoded()?).map_err(|_| Cut)?;
        let mut metadata = Reader::new(reader.take(length)?);
        let mapped: Result<Vec<Column>, MappingError> = types
            .iter()
            .zip(columns)
            .map(|(&code, column)| read_column(code, &mut metadata, column, layout, &changed))
            .collect();
        let columns = mapped?;
        // Whether columns take NULL, and what newer servers add, do not matter here.
        Ok(Self::Followed(MappedTable { name: table.to_owned(), columns }))
    }
}

fn read_column(
    code: u8,
    metadata: &mut Reader<'_>,
    column: &ColumnLayout,
    layout: &Layout,
    changed: &impl Fn(String) -> MappingError,
) -> Result<Column, MappingError> {
    let name = &column.name;
    let storage = match Storage::read_metadata(code, metadata) {
        Ok(storage) => storage,
        Err(StorageError::Cut(cut)) => return Err(cut.into()),
        Err(error) => return Err(changed(format!("column `{name}` has an {error}"))),
    };
    Column::new(storage, column, layout.flavour)
        .map_err(|printed| changed(format!("column `{name}` is not stored as type `{printed}` is")))
}

/// A name with its length in front of it and a zero behind it.
fn name(reader: &mut Reader<'_>) -> Result<String, Cut> {
    let name = reader.counted(1)?;
    reader.take(1)?;
    Ok(String::from_utf8_lossy(name).into_owned())
}
