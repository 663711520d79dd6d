//! The comparison of both sides: a perfect copy, and every fault planted into one.

mod command;
mod faults;
mod fixture;
mod left_out;
mod sample;
mod shapes;
mod workspace;
