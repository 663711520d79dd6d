//! The fixes and their undoing.

mod classes;
mod interrupted;
mod others;
mod policy;
mod workspace;
mod world;
