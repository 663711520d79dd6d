//! The tables of plugins and of the configuration store, on their way with the rest.

mod arrival;
mod choice;
mod pgloader;
mod rows;
mod site;
mod unknown;
mod whole_move;
