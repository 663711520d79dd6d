//! A database of a dump that was read once: its tables, and where their rows stand.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::definition::Values;
use super::session::Session;
use super::span::{Extent, Span};
use crate::schema::{Column, Kind, Table};
use crate::time_zone::TimeZone;

/// A database of a dump that was read once.
#[derive(Debug, Clone)]
pub struct Contents {
    pub(super) file: PathBuf,
    pub(super) is_packed: bool,
    /// The bytes of the plain text, and their hash.
    pub(super) identity: (u64, u128),
    /// The database's name; empty where the dump does not say.
    pub(super) database: String,
    pub(super) tables: BTreeMap<String, TableContents>,
}

/// A table of a dump that was read once.
#[derive(Debug, Clone)]
pub struct TableContents {
    pub(super) table: Table,
    pub(super) values: Values,
    pub(super) extent: Extent,
    pub(super) gaps: Gaps,
}

/// What the INSERTs of a table do not tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gaps {
    /// Columns that are given no values.
    pub columns: BTreeSet<String>,
    /// The values of `TIME_ZONE` under which rows with a `timestamp` were written; `None` stands for a
    /// part of the dump that does not set it.
    pub time_zones: BTreeSet<Option<String>>,
}

impl Gaps {
    /// Whether every `timestamp` is in UTC.
    #[must_use]
    pub fn is_utc(&self) -> bool {
        let is_utc = |zone: &String| zone.parse::<TimeZone>().is_ok_and(|zone| zone.is_utc());
        self.time_zones.iter().all(|zone| zone.as_ref().is_some_and(is_utc))
    }

    /// Takes in an INSERT: the place of each column's value among those that it lists.
    pub(super) fn add(&mut self, table: &Table, places: &[Option<usize>], session: &Session) {
        let columns = table.columns.iter().zip(places);
        let left_out = columns.filter(|(_, place)| place.is_none());
        self.columns.extend(left_out.map(|(column, _)| column.name.clone()));
        let is_zoned =
            |column: &Column| *column.data_type.kind() == Kind::Timestamp { time_zone: true };
        if table.columns.iter().any(is_zoned) && !self.time_zones.contains(&session.time_zone) {
            self.time_zones.insert(session.time_zone.clone());
        }
    }
}

impl Contents {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether the file is packed, so that it can only be read from its start on.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.is_packed
    }

    /// What tells this dump from any other, however it is packed.
    #[must_use]
    pub fn identity(&self) -> String {
        let (bytes, hash) = self.identity;
        format!("{bytes} bytes, {hash:032x}")
    }

    /// A table, by its exact name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&TableContents> {
        self.tables.get(name)
    }

    /// The tables, by their names.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &TableContents)> {
        self.tables.iter().map(|(name, table)| (name.as_str(), table))
    }
}

impl TableContents {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.extent.size().0
    }

    /// How many bytes of the plain text its rows take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.extent.size().1
    }

    /// Where its first row stands in the plain text.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.extent.start()
    }

    /// Where its rows stand in the plain text, in pieces of about so many bytes.
    #[must_use]
    pub fn pieces(&self, bytes: u64) -> Vec<Range<u64>> {
        self.extent.pieces(bytes).into_iter().map(|span| span.bytes).collect()
    }

    /// What its INSERTs do not tell.
    #[must_use]
    pub fn gaps(&self) -> &Gaps {
        &self.gaps
    }

    /// What stands in these bytes; nothing where there are none.
    pub(super) fn span(&self, bytes: &Range<u64>) -> Option<Span> {
        self.extent.find(bytes)
    }
}
