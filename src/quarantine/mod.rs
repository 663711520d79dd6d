//! The quarantine: a file with the original of every value and row that was changed or removed.
//!
//! The format is JSON Lines; only the owner can read the file. The first line names the format. A run starts
//! with a line of its own. Its records come in batches: records are written, then [synced](Quarantine::sync),
//! then the statement that changes the database runs, and a mark after them confirms that it took effect. If
//! the mark is missing, comparing a record with the database shows whether it was applied.

mod cell;
mod error;
mod file;
mod line;
mod lock;
mod reader;
mod record;
#[cfg(test)]
mod tests;

pub use cell::{Cell, Columns};
pub use error::Error;
pub use file::Quarantine;
pub use line::{Applied, Entry, Line, Purpose, Run};
pub use reader::Reader;
pub use record::{Action, IndexDefinition, Record};
