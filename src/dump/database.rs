//! A database of a dump, as far as it has been read.

use super::charset::Charset;
use crate::schema::{Catalog, Column, Kind, Table};

/// A database of a dump.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Database {
    /// Its name; empty where the dump does not say.
    pub name: String,
    /// Its tables and views so far.
    pub catalog: Catalog,
    /// Tables whose definition has something that is not known here, by name, with the offset of the
    /// definition. In the catalog they have no columns.
    pub unreadable: Vec<(String, u64)>,
}

/// How the text of each column of a table is spelled in a session's INSERTs.
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

/// Whether a session's character set lacks characters that the table's columns may hold: the server
/// wrote question marks for them.
pub(super) fn loses(table: &Table, session: Charset) -> bool {
    let spells: &[&str] = match session {
        Charset::Utf8 | Charset::Binary => return false,
        Charset::ShortUtf8 => &["utf8", "utf8mb3", "ucs2", "latin1", "ascii"],
        Charset::Latin1 => &["latin1", "ascii"],
    };
    let holds_more = |column: &Column| {
        column.character_set.as_deref().is_some_and(|name| !spells.contains(&name))
            || column.data_type.is_json()
    };
    table.columns.iter().any(holds_more)
}
