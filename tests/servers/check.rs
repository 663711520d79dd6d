//! The checks of a source, on both kinds of servers.

mod everything;
mod rules;
pub mod seeds;
mod statements;
