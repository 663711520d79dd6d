//! The body of an event that holds a statement.

use super::reader::{Cut, Reader};
use crate::secret::Secret;

/// A statement and the database that was in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) database: Option<String>,
    pub(super) sql: Secret,
}

impl Query {
    /// Reads it. `load` is of the event that ends a `LOAD DATA`, which says more about a file.
    pub(super) fn read(body: &[u8], load: Load) -> Result<Self, Cut> {
        let mut reader = Reader::new(body);
        // Thread and run time.
        reader.take(8)?;
        let database_length = usize::from(reader.byte()?);
        // The error that the statement ended with.
        reader.take(2)?;
        let variables_length = reader.length(2)?;
        if load == Load::Yes {
            reader.take(13)?;
        }
        reader.take(variables_length)?;
        let database = String::from_utf8_lossy(reader.take(database_length)?).into_owned();
        reader.take(1)?;
        let sql = Secret::new(String::from_utf8_lossy(reader.rest()));
        Ok(Self { database: Some(database).filter(|name| !name.is_empty()), sql })
    }
}

/// Whether the statement loads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Load {
    Yes,
    No,
}
