//! Keeps the target equal to a source that is being written: applies the source's binary log.
//!
//! A batch is a whole number of the source's transactions, merged to one net effect for each key. The
//! position is written in the transaction that applies the batch, so that each change is applied exactly
//! once whatever is interrupted. Rows are never read again by key while the source accepts writes: what is
//! logged may not be visible yet. Whatever is not understood stops the run at a known position.

mod again;
mod apply;
mod batch;
mod batching;
mod cascade;
mod changes;
mod columns;
mod control;
mod definitions;
mod drain;
mod error;
mod generation;
mod judge;
mod open;
mod options;
mod plan;
mod reader;
mod reconnecting;
mod refusal;
mod report;
mod run;
mod session;
mod statements;
mod stopping;
mod table;
mod watch;

pub use again::{ReadAgain, read_again};
pub use batch::{Batch, Entry};
pub use definitions::finish;
pub use error::Error;
pub use generation::begin_generation;
pub use open::{Following, find_obstacles, open};
pub use options::{Ending, FollowOptions, OnRowProblem};
pub use refusal::Refusal;
pub use report::{FollowReport, FollowStatus, Lag, Observer, Outcome};
pub use run::follow;
pub use statements::Statements;
pub use table::{Converted, Effect, Net, NotByKey, RowProblem, TableRoute, fingerprint};
