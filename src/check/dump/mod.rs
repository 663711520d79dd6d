//! Checks a dump by the rules for a live source, in one pass and with bounded memory.
//!
//! The expected form of a table depends on the applied migrations, and their table may come last in the
//! dump. So each row is checked against every form that any migration gave the target's table, of which
//! there are few, and the report uses the one that applies.

mod candidates;
mod completeness;
mod error;
mod facts;
mod losses;
mod memory;
mod names;
mod relations;
mod source;
mod survey;
mod watch;

pub use candidates::Candidates;
pub use error::Error;
pub use source::DumpedSource;
pub use survey::{BYTES_CHECKED, Survey, survey};

#[cfg(test)]
mod tests;
