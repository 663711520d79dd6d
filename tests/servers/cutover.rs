//! `cutover` as a person types it, on real servers.

mod acceptance;
mod bench;
mod file;
mod freeze;
mod store;
