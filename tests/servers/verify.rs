//! The comparison of both sides: a perfect copy, and every fault planted into one.

mod bed;
mod command;
mod faults;
mod left_out;
#[path = "../../examples/sample_workspace/load.rs"]
mod load;
mod sample;
mod shapes;
mod workspace;
