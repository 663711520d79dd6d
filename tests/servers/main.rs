//! Tests against real servers, which `scripts/test` starts.

mod air_gap;
mod check;
#[path = "../../examples/sample_workspace/compare.rs"]
mod compare;
mod convert;
mod copy;
mod cutover;
mod dump;
mod end_to_end;
#[allow(dead_code, reason = "each of the two tests uses a part")]
#[path = "../models/facts.rs"]
mod facts;
mod full_schema;
mod interruption;
mod ledger;
mod migrate;
mod mysql;
mod one_file;
mod output_files;
mod postgres;
mod products;
mod repair;
#[path = "../../examples/sample_workspace/load.rs"]
mod sample;
mod schema;
mod sessions;
mod situations;
mod source_commands;
mod support;
mod target_commands;
mod time_zones;
mod verify;
mod workspace;
