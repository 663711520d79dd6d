//! Copying a workspace, on both kinds of sources.

mod alone;
mod arrival;
mod command;
mod compare;
mod interruption;
mod line;
mod loss;
mod moment;
mod random;
mod refusal;
mod trouble;
mod workspace;
