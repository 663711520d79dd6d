//! A dump in the place of a server.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Accepted, Doubt, Error};
use crate::dump::{Contents, Cost, Gaps, Reader};
use crate::mysql::TableSize;
use crate::release::MigrationSet;
use crate::schema::Catalog;

/// How the address of a dump begins, as that of no server does.
const ADDRESS: &str = "dump(";

/// A dump that was read once, and what its rows told.
#[derive(Debug)]
pub struct Dump {
    pub(super) contents: Arc<Contents>,
    pub(super) told: DumpSummary,
}

/// What was learnt of one of a dump's databases when it was read.
#[derive(Debug, Clone)]
pub struct DumpSummary {
    /// Its name; empty where the dump does not say.
    pub database: String,
    /// Its tables and views.
    pub catalog: Catalog,
    /// The server that it was made from, as far as the dump tells.
    pub server: String,
    /// The applied migrations; `None` where it has no table of them.
    pub applied: Option<MigrationSet>,
    /// The database, and the id by which the workspace knows itself.
    pub workspace: String,
    /// What keeps it from being all of the database, for all that can be known.
    pub doubts: Vec<Doubt>,
}

impl Dump {
    /// Takes a dump that was read to its end; refuses one that does not hold all that the server held, as far
    /// as that can be known and the user has not accepted it.
    pub fn new(reader: &Reader, told: DumpSummary, accepted: Accepted) -> Result<Self, Error> {
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
        if let Some(doubt) = told.doubts.iter().find(|doubt| !doubt.is_accepted(accepted)) {
            return Err(Error::Doubt(doubt.clone()));
        }
        let contents = reader.contents(&told.database).ok_or(Error::ReadOnce)?;
        if contents.tables().all(|(_, table)| table.rows() == 0) {
            return Err(Error::NoRows);
        }
        Ok(Self { contents: Arc::new(contents), told })
    }

    /// What the user has accepted about it.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        &self.told.doubts
    }

    /// The workspace and the dump, so that neither another workspace nor another dump has the same name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} (dump of {})", self.told.workspace, self.contents.identity())
    }

    /// The file, by its name and what is in it.
    #[must_use]
    pub fn address(&self) -> String {
        let name = self.contents.file().file_name().unwrap_or_default().to_string_lossy();
        let doubts = self.told.doubts.iter().map(|doubt| format!("accepted: {doubt}"));
        let known: Vec<String> =
            [name.into_owned(), self.contents.identity()].into_iter().chain(doubts).collect();
        format!("{ADDRESS}{})", known.join(", "))
    }

    /// Whether an address is that of a dump.
    #[must_use]
    pub fn is_address(address: &str) -> bool {
        address.starts_with(ADDRESS)
    }

    /// How much each of its tables holds.
    #[must_use]
    pub fn sizes(&self) -> BTreeMap<String, TableSize> {
        let tables = self.contents.tables();
        let size = |(name, table): (&str, &crate::dump::TableContents)| {
            (name.to_owned(), TableSize { rows: table.rows(), bytes: table.bytes() })
        };
        tables.map(size).collect()
    }

    /// What the INSERTs of tables do not tell, by the tables' names.
    #[must_use]
    pub fn gaps(&self) -> BTreeMap<String, Gaps> {
        let tables = self.contents.tables();
        tables.map(|(name, table)| (name.to_owned(), table.gaps().clone())).collect()
    }

    /// The parts of a table of about so many bytes; one at least.
    #[must_use]
    pub fn parts(&self, table: &str, bytes: u64) -> Vec<super::Part> {
        let pieces = self.contents.table(table).map(|it| it.pieces(bytes)).unwrap_or_default();
        let no_rows = pieces.is_empty().then_some(0..0);
        pieces.into_iter().chain(no_rows).map(super::Part::Bytes).collect()
    }

    /// Where the first row of a table stands, by which the tables of a packed dump are read in order;
    /// nothing where order does not matter.
    #[must_use]
    pub fn order(&self, table: &str) -> Option<u64> {
        let table = self.contents.table(table).filter(|_| self.contents.is_packed())?;
        Some(table.start())
    }
}
