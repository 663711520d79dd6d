//! Arguments of `explain`.

use std::path::PathBuf;

use clap::Args;

/// What the help of `explain` ends with.
pub(super) const EXAMPLES: &str = "\
Examples:
  migration-assist mysql --format json > mysql.json
  migration-assist explain mysql.json
  migration-assist explain --verbose migrate.json

Exit status:
  0    the report is printed
  2    the command failed";

/// The arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The report of any command (`--format json`, `mysql --schema-report`)
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
}
