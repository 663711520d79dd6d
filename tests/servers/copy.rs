//! Copying a workspace, on both kinds of sources.

mod bad_rows;
mod command;
pub mod compare;
pub mod connection_loss;
mod consistency;
mod copied_rows;
mod disk;
mod exclusive;
mod interruption;
mod large;
pub mod random;
mod refusal;
pub mod workspace;
