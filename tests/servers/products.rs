//! The tables of plugins and of the configuration store, on their way with the rest.

mod choice;
mod copied_rows;
mod pgloader;
pub mod plugin_fixture;
pub mod rows;
mod unknown;
mod whole_move;
