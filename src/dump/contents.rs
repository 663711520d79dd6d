//! A database of a dump that was read once: its tables, and the positions of their rows.

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
    pub(super) is_compressed: bool,
    /// The length of the uncompressed text, and its hash.
    pub(super) identity: (u64, u128),
    /// The database's name; empty if the dump does not contain it.
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

/// What the INSERTs of a table lack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gaps {
    /// Columns without values.
    pub columns: BTreeSet<String>,
    /// The values of `TIME_ZONE` under which rows with a `timestamp` were written; `None` for a part of the
    /// dump that does not set it.
    pub time_zones: BTreeSet<Option<String>>,
}

impl Gaps {
    /// Whether every `timestamp` is in UTC.
    #[must_use]
    pub fn is_utc(&self) -> bool {
        let is_utc = |zone: &String| zone.parse::<TimeZone>().is_ok_and(|zone| zone.is_utc());
        self.time_zones.iter().all(|zone| zone.as_ref().is_some_and(is_utc))
    }

    /// Reads the head of an INSERT: the position of each column's value in its list.
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

    /// Whether the file is compressed, so that it can only be read from its start.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.is_compressed
    }

    /// Identifies the dump by its uncompressed text.
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
    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.extent.size().0
    }

    /// The size of its rows in the uncompressed text.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.extent.size().1
    }

    /// The position of its first row in the uncompressed text.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.extent.start()
    }

    /// The ranges of its rows in the uncompressed text, each of about that many bytes.
    #[must_use]
    pub fn pieces(&self, bytes: u64) -> Vec<Range<u64>> {
        self.extent.pieces(bytes).into_iter().map(|span| span.bytes).collect()
    }

    /// What its INSERTs lack.
    #[must_use]
    pub fn gaps(&self) -> &Gaps {
        &self.gaps
    }

    /// The contents of these bytes; `None` if there is nothing.
    pub(super) fn span(&self, bytes: &Range<u64>) -> Option<Span> {
        self.extent.find(bytes)
    }
}
