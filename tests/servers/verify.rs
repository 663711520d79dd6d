//! The comparison of both sides: a perfect copy, and every fault planted into one.

mod bed;
mod command;
mod faults;
mod left_out;
mod sample;
mod shapes;
mod workspace;
