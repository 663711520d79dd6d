//! `cutover` as a person types it, on real servers.

mod acceptance;
mod file;
mod fixtures;
mod freeze;
mod interrupted_freeze;
pub mod own_server;
mod rehearsal;
mod source;
mod store;
mod surroundings;
