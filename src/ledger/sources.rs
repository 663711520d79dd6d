//! The identity of a source, as the tables of copies and proofs have it.

use super::{Error, value};
use crate::postgres::Row;
use crate::source_identity::{SourceIdentity, SourceKind};

const SERVER: &str = "server";
const DUMP: &str = "dump";

/// A kind as the columns `source_kind`, `source_server` and `source_content`.
pub(super) fn stored_kind(kind: &SourceKind) -> (&'static str, Option<&str>, Option<&str>) {
    match kind {
        SourceKind::Server { server } => (SERVER, server.as_deref(), None),
        SourceKind::Dump { content } => (DUMP, None, Some(content)),
    }
}

/// An identity from the first six columns of a row, in the order of the schema.
pub(super) fn read_source(row: &Row) -> Result<SourceIdentity, Error> {
    let kind: String = value(row, 0)?;
    let (server, content): (Option<String>, Option<String>) = (value(row, 1)?, value(row, 2)?);
    let kind = match (kind.as_str(), content) {
        (SERVER, None) => SourceKind::Server { server },
        (DUMP, Some(content)) => SourceKind::Dump { content },
        _ => return Err(Error::Unreadable { what: "source_kind: server or dump" }),
    };
    Ok(SourceIdentity {
        kind,
        database: value(row, 3)?,
        diagnostic_id: value(row, 4)?,
        address: value(row, 5)?,
    })
}
