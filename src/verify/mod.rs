//! Proves that both sides hold the same rows, and names those that they do not.
//!
//! Both sides are read once. A row becomes its canonical spelling (`convert`), and that a digest,
//! which is added to one of a table's buckets, chosen by the row's key; so neither side's order or
//! collation matters, and memory does not grow with the rows. Only where a bucket's sums differ is the
//! table read again, to find the rows, and once more, to name their keys and columns.

mod bucket;
mod compare;
mod describe_rows;
mod error;
mod locate_rows;
mod options;
mod pass;
mod plan;
mod proof;
mod read;
mod report;
mod row;
mod run;
mod sample;
mod split;
mod sums;
mod survey;
mod table;

pub use error::Error;
pub use options::{Show, VerifyOptions};
pub use report::{
    ChangedColumn, Difference, Exception, Kind, NotCompared, SourceChange, TableReport,
    VerifyReport,
};
pub use run::verify;
pub use sample::Sample;

/// What progress calls the whole of the rows.
pub const ALL_TABLES: &str = "all tables";
