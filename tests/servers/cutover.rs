//! `cutover` as a user types it, on real servers.

mod acceptance;
mod between_steps;
mod file;
pub mod fixtures;
mod freeze;
mod interrupted_freeze;
mod interrupted_steps;
pub mod own_server;
mod rehearsal;
mod source;
mod store;
mod surroundings;
