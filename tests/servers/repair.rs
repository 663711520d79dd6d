//! The fixes and their undoing.

mod classes;
mod fixture;
mod interrupted;
mod others;
mod policy;
mod workspace;
