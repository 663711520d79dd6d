//! Tests against real servers, which `scripts/test` starts.

mod air_gap;
mod binlog;
mod check;
#[path = "../../examples/sample_workspace/compare.rs"]
mod compare;
mod container;
mod convert;
mod copy;
mod cutover;
mod documents;
mod dump;
mod end_to_end;
#[allow(dead_code, reason = "each of the two tests uses a part")]
#[path = "../models/facts.rs"]
mod facts;
mod follow;
mod full_schema;
mod hostile_text;
mod interruption;
mod ledger;
mod live;
#[allow(dead_code, reason = "the sample's program uses the rest")]
#[path = "../../examples/sample_workspace/live_writer.rs"]
mod live_writer;
mod migrate;
mod mistakes;
mod mysql;
mod one_file;
mod output_files;
#[path = "../../examples/sample_workspace/post.rs"]
mod post;
mod postgres;
mod products;
mod rebuild;
mod repair;
mod reports;
#[path = "../../examples/sample_workspace/load.rs"]
mod sample;
mod schema;
mod search;
mod sessions;
mod situations;
mod source_commands;
mod support;
mod target_commands;
mod terminal;
mod text_search;
mod time_zones;
mod verify;
mod waits;
mod walk;
mod workspace;
