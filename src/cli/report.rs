//! Arguments of `report`.

use std::path::PathBuf;

use clap::Args;

/// The end of the help of `report`.
pub(super) const EXAMPLES: &str = "\
The page contains no keys of rows, no values, no passwords and no addresses, so
that it can be forwarded. Of several reports of one command, the last counts.

Examples:
  migration-assist migrate --format json > migrate.json
  migration-assist report --html page.html migrate.json
  migration-assist report --html page.html mysql.json migrate.json cutover.json

Exit status:
  0    the page is written
  2    the command failed";

/// The arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// JSON reports (`--format json`) of mysql, postgres, migrate, follow, verify, cutover
    #[arg(value_name = "REPORT", required = true)]
    pub reports: Vec<PathBuf>,
    /// File for the page
    #[arg(long, value_name = "FILE", required = true)]
    pub html: PathBuf,
    /// Replace existing files without asking
    #[arg(long)]
    pub force: bool,
}
