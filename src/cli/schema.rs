//! The flags of the comparison of schemas, the same for both sides.

use std::path::PathBuf;

use clap::Args;

/// The folder of `--save-diff` if none is named.
pub(super) const DEFAULT_FOLDER: &str = "schema-diff";

/// The comparison of the schema, and the folder for the differences.
#[derive(Debug, Args)]
#[command(next_help_heading = "Schema")]
pub struct SchemaArgs {
    /// Compare every table with what the database's own migrations define
    #[arg(long)]
    pub full_schema_check: bool,
    /// Compare, and write a file of statements for each table that differs [default: schema-diff]
    #[arg(
        long,
        value_name = "DIR",
        num_args = 0..=1,
        default_missing_value = DEFAULT_FOLDER,
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

impl SchemaArgs {
    /// Whether the schema is to be compared.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.full_schema_check || self.save_diff.is_some()
    }
}
