//! The quarantine: a file that holds every value and row that was altered or removed, as it was.
//!
//! JSON Lines, readable by its owner only. The first line names the format. A run begins with a line
//! of its own; its records come in batches: they are written, then [synced](Quarantine::sync), then
//! the statement runs that alters the database, and a mark behind them says that it took effect.
//! Where the mark is missing, comparing a record with the database tells whether it was applied.

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
