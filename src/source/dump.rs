//! A dump as a source.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Accepted, Doubt, Error};
use crate::dump::{Contents, Cost, Gaps, Reader};
use crate::mysql::TableSize;
use crate::release::MigrationSet;
use crate::schema::Catalog;
use crate::source_identity::{SourceIdentity, SourceKind};

/// A dump that was read once, with a summary of its contents.
#[derive(Debug)]
pub struct Dump {
    pub(super) contents: Arc<Contents>,
    pub(super) summary: DumpSummary,
}

/// The summary of one database of a dump.
#[derive(Debug, Clone)]
pub struct DumpSummary {
    /// The name; empty if the dump does not contain it.
    pub database: String,
    pub catalog: Catalog,
    /// The server that the dump was made from, as far as the dump names it.
    pub server: String,
    /// The applied migrations; `None` if their table is missing.
    pub applied: Option<MigrationSet>,
    /// The `DiagnosticId` of the workspace.
    pub diagnostic_id: Option<String>,
    /// Reasons to doubt that the dump is complete.
    pub doubts: Vec<Doubt>,
}

impl Dump {
    /// Takes a dump that was read to its end; refuses one that is incomplete, as far as that can be
    /// determined and the user has not accepted it.
    pub fn new(reader: &Reader, summary: DumpSummary, accepted: Accepted) -> Result<Self, Error> {
        if let Some(part) = reader.cut_parts().next() {
            let (start, offset) = (part.start, part.end);
            return Err(Error::CutShort { start, offset, table: part.first_table.clone() });
        }
        if reader.ending().is_none() {
            return Err(Error::CutShort { start: 0, offset: reader.offset(), table: None });
        }
        let header = reader.header();
        if let Some(error) = header.errors.iter().find(|error| error.cost == Cost::Rows) {
            return Err(Error::Reported { line: error.line, table: error.table.clone() });
        }
        if let Some((line, _)) = header.foreign_lines.iter().find(|(_, is_inside)| *is_inside) {
            return Err(Error::ForeignLine { line: *line });
        }
        if let Some(doubt) = summary.doubts.iter().find(|doubt| !doubt.is_accepted(accepted)) {
            return Err(Error::Doubt(doubt.clone()));
        }
        let contents = reader.contents(&summary.database).ok_or(Error::ReadOnce)?;
        if contents.tables().all(|(_, table)| table.rows() == 0) {
            return Err(Error::NoRows);
        }
        Ok(Self { contents: Arc::new(contents), summary })
    }

    /// The defects that the user accepted.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        &self.summary.doubts
    }

    /// The identity of the workspace and the dump.
    #[must_use]
    pub fn identity(&self) -> SourceIdentity {
        let file = self.contents.file().file_name().unwrap_or_default().to_string_lossy();
        SourceIdentity {
            kind: SourceKind::Dump { content: self.contents.identity() },
            database: self.summary.database.clone(),
            diagnostic_id: self.summary.diagnostic_id.clone(),
            address: file.into_owned(),
        }
    }

    /// The size of each table.
    #[must_use]
    pub fn sizes(&self) -> BTreeMap<String, TableSize> {
        let tables = self.contents.tables();
        let size = |(name, table): (&str, &crate::dump::TableContents)| {
            (name.to_owned(), TableSize { rows: table.rows(), bytes: table.bytes() })
        };
        tables.map(size).collect()
    }

    /// What the INSERTs of tables lack, by table.
    #[must_use]
    pub fn gaps(&self) -> BTreeMap<String, Gaps> {
        let tables = self.contents.tables();
        tables.map(|(name, table)| (name.to_owned(), table.gaps().clone())).collect()
    }

    /// The parts of a table of about that many bytes; at least one.
    #[must_use]
    pub fn parts(&self, table: &str, bytes: u64) -> Vec<super::Part> {
        let pieces = self.contents.table(table).map(|it| it.pieces(bytes)).unwrap_or_default();
        let no_rows = pieces.is_empty().then_some(0..0);
        pieces.into_iter().chain(no_rows).map(super::Part::bytes).collect()
    }

    /// The position of a table's first row, by which the tables of a compressed dump are read in order;
    /// `None` if the order does not matter.
    #[must_use]
    pub fn order(&self, table: &str) -> Option<u64> {
        let table = self.contents.table(table).filter(|_| self.contents.is_compressed())?;
        Some(table.start())
    }
}
