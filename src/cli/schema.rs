//! The flags of the comparison of schemas, the same for both sides.

use std::path::PathBuf;

use clap::Args;

/// Whether the schema is compared, and where the differences go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Schema")]
pub struct SchemaArgs {
    /// Compare every table with what the database's own migrations define
    #[arg(long)]
    pub full_schema_check: bool,
    /// Write a file of statements for each table that differs
    #[arg(
        long,
        value_name = "DIR",
        requires = "full_schema_check",
        num_args = 0..=1,
        default_missing_value = "schema-diff",
        value_parser = folder
    )]
    pub save_diff: Option<PathBuf>,
}

/// A folder: never a DSN behind a bare `--save-diff`, whose password would become a name.
fn folder(text: &str) -> Result<PathBuf, &'static str> {
    if text.contains('@') || text.contains("://") {
        return Err("this is a DSN: give it before `--save-diff`");
    }
    Ok(text.into())
}
