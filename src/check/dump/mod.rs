//! Holds a dump against the rules of the live check: one pass over its rows, with bounded memory.
//!
//! What a row is held against depends on the applied migrations, and these stand in a table of their
//! own that may come last. So each row is held against every form that a migration ever gave its
//! table's counterpart, of which there are few; in the end the one that applies is reported.

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
