//! The binary: runs the command line and ends with its status.

use std::process::ExitCode;

use migration_assist::{commands, mysql};

fn main() -> ExitCode {
    mysql::cap_driver_buffers();
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    // On the heap: the future of a whole migration is too large for the stack of a thread.
    Box::pin(commands::run()).await.into()
}
