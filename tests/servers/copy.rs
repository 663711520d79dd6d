//! Copying a workspace, on both kinds of sources.

mod arrival;
mod compare;
mod interruption;
mod moment;
mod refusal;
mod trouble;
mod workspace;
