//! The binary: parses the command line, runs the command, ends with its status.

fn main() {}
