//! A database of a dump, as far as it has been read.

use super::charset::Charset;
use crate::schema::{Catalog, Column, Kind, Table};

/// A database of a dump.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Database {
    /// The name; empty if the dump does not contain it.
    pub name: String,
    /// Its tables and views so far.
    pub catalog: Catalog,
    /// Tables whose definition cannot be read. In the catalog they have no columns.
    pub unreadable: Vec<Unreadable>,
}

/// A table whose definition cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub table: String,
    /// The start of its definition.
    pub offset: u64,
    /// What cannot be read in it.
    pub reason: String,
}

/// The character set of each text column in a session's INSERTs.
pub(super) fn charsets(table: &Table, session: Charset) -> Vec<Charset> {
    let of = |column: &Column| {
        let is_text = matches!(
            column.data_type.kind(),
            Kind::Text(_) | Kind::Enumeration(_) | Kind::Json { .. } | Kind::Other
        );
        match session {
            _ if !is_text => Charset::Binary,
            Charset::Binary => match column.character_set.as_deref() {
                Some("latin1") => Charset::Latin1,
                _ => Charset::Binary,
            },
            session => session,
        }
    };
    table.columns.iter().map(of).collect()
}

/// The session's character set, if it lacks characters that the table's columns can contain: the server wrote
/// question marks for them.
pub(super) fn lossy_charset(table: &Table, session: Charset) -> Option<&'static str> {
    let (name, represents): (_, &[&str]) = match session {
        Charset::Utf8 | Charset::Binary => return None,
        Charset::ShortUtf8 => ("utf8", &["utf8", "utf8mb3", "ucs2", "latin1", "ascii"]),
        Charset::Latin1 => ("latin1", &["latin1", "ascii"]),
    };
    let holds_more = |column: &Column| {
        column.character_set.as_deref().is_some_and(|name| !represents.contains(&name))
            || column.data_type.is_json()
    };
    table.columns.iter().any(holds_more).then_some(name)
}

/// Whether a table has text columns.
pub(super) fn holds_text(table: &Table) -> bool {
    table
        .columns
        .iter()
        .any(|column| matches!(column.data_type.kind(), Kind::Text(_) | Kind::Json { .. }))
}
