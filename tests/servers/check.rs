//! The checks of a source, on both kinds of servers.

mod rules;
mod seeds;
