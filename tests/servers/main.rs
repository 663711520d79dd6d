//! Tests against real servers, which `scripts/test` starts.

mod bed;
mod bed_postgres;
mod check;
mod cutover;
#[allow(dead_code, reason = "each of the two tests uses a part")]
#[path = "../models/facts.rs"]
mod facts;
mod mysql;
mod postgres;
mod program;
mod schema;
mod target_commands;
