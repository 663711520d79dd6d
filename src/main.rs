//! The binary: runs the command line and ends with its status.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    migration_assist::commands::run().await.into()
}
