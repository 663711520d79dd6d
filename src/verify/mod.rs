//! Proves that both sides have the same rows, and lists those that differ.
//!
//! Both sides are read once. A row becomes its canonical form (`convert`), and that a digest, which is added
//! to one of the table's buckets, chosen by the row's key. So neither side's order or collation matters, and
//! memory does not grow with the rows. Only if the sums of a bucket differ is the table read again, to find
//! the rows, and once more, for their keys and columns.

mod bucket;
mod compare;
mod describe_rows;
mod error;
mod key_statements;
mod keys;
mod live;
mod locate_rows;
mod options;
mod pass;
mod plan;
mod prepare;
mod proof;
mod read;
mod repeats;
mod report;
mod row;
mod run;
mod sample;
mod split;
mod sums;
mod survey;
mod table;

pub use error::Error;
pub use keys::{TOUCHED_ROWS, Touched, TouchedReport, verify_touched};
pub use live::{LiveComparison, TargetSnapshot, begin_live};
pub use options::{Show, VerifyOptions, sessions_for};
pub use report::{
    ChangedColumn, Difference, Exception, Kind, NotCompared, SourceChange, TableReport,
    VerifyReport,
};
pub use run::verify;
pub use sample::Sample;

/// Label of the progress of all rows.
pub const ALL_TABLES: &str = "all tables";
