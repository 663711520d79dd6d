//! Copies all rows from the source to the target: the plan, the parts, and their way from MySQL's text
//! protocol through the conversion into PostgreSQL's COPY.
//!
//! What has been copied is kept in the target's schema `migration_assist`, in the same transactions
//! as the rows, so that a copy goes on after any interruption.

mod build;
mod creation;
mod definition;
mod error;
mod exclusive;
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
mod worker;

pub use crate::source::Consistency;
pub use creation::Creation;
pub use definition::{definitions, foreign_keys};
pub use error::Error;
pub use loss::{LossConsent, TargetLoss};
pub use options::{CopyOptions, FullText, Occupied, OnError, PolicyOf, Space, Start, default_jobs};
pub use plan::{Plan, Situation, plan};
pub use planned::{EarlierCopy, PlannedCopy, open};
pub use quarantine_buffer::SharedQuarantine;
pub use refusal::Refusal;
pub use report::{BuiltDefinition, CopyReport, FailedDefinition, RowProblem, TableReport};
pub use run::copy;
pub use space::space;
pub use table::{TablePart, TableWork};

pub use crate::ledger::{Changes, CopyCounts, Definition, Stage};

/// What progress calls the whole of the rows.
pub const ALL_TABLES: &str = "all tables";
/// What progress calls the building of indexes and constraints, in their rows.
pub const ALL_INDEXES: &str = "all indexes";
