//! Copies all rows from the source to the target: the plan, the parts, and the path from MySQL's text protocol
//! through the conversion to PostgreSQL's COPY.
//!
//! The ledger records finished work in the same transactions as the rows, so that a copy resumes after any
//! interruption.

mod build;
mod builds;
mod creation;
mod definition;
mod error;
mod isolate;
mod large_rows;
mod load;
mod loss;
mod options;
mod plan;
mod planned;
mod prepare;
mod quarantine_buffer;
mod queue;
mod refusal;
mod report;
mod row;
mod run;
mod selection;
mod space;
mod split;
mod survey;
mod table;
mod undo;
mod worker;

pub use crate::source::Consistency;
pub use creation::Creation;
pub use definition::{definitions, foreign_keys};
pub use error::Error;
pub use loss::{LossConsent, TargetLoss};
pub use options::{
    ChangedDecisions, CopyOptions, FullText, Next, Occupied, OnError, PolicyOf, Space, Start,
};
pub use plan::{Plan, Situation, plan};
pub use planned::{CopyWork, EarlierCopy, PlannedCopy, open};
pub use quarantine_buffer::SharedQuarantine;
pub use refusal::Refusal;
pub use report::{BuiltDefinition, CopyReport, FailedDefinition, RowProblem, TableReport};
pub use run::copy;
pub use space::space;
pub use table::{TablePart, TableWork};

pub use crate::ledger::{Changes, CopyCounts, Definition, Stage};

/// Label of the progress of all rows.
pub const ALL_TABLES: &str = "all tables";
/// Label of the progress of building indexes and constraints, in rows.
pub const ALL_INDEXES: &str = "all indexes";
