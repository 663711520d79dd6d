//! Dumps of real servers, made by the servers' own programs.

mod check;
mod command;
mod completeness;
mod load;
pub mod program;
mod values;
