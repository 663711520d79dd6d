//! Copying a workspace, on both kinds of sources.

mod alone;
mod arrival;
mod command;
pub mod compare;
mod disk;
mod interruption;
mod large;
mod line;
pub mod loss;
mod moment;
pub mod random;
mod refusal;
mod trouble;
pub mod workspace;
