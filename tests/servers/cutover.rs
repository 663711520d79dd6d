//! `cutover` as a person types it, on real servers.

mod acceptance;
mod file;
mod fixtures;
mod freeze;
mod store;
