//! The fixes and their undoing.

mod classes;
mod files;
pub mod fixture;
mod interrupted;
mod others;
mod workspace;
