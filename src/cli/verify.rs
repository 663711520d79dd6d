//! `verify`: the flags of the comparison of both sides.

use clap::Args;

use super::{DecisionArgs, DumpArgs, ProductsArgs, SidesArgs, TimeZoneArgs};

pub(super) const EXAMPLES: &str = "\
Both sides are read once, and only read. Stop Mattermost first: what it writes meanwhile shows \
as a difference. The outcome is written down in the target's schema `migration_assist`.

Examples:
  migration-assist verify --mysql 'mm:secret@tcp(db)/mm' \\
    --postgres postgres://mm:secret@db/mm
  migration-assist verify --mysql-dsn-file mysql.dsn \\
    --postgres-dsn-file postgres.dsn --sample 5
  migration-assist verify --tables Posts,Channels --show-values --format json
  migration-assist verify --dump mattermost.sql.gz

Exit status:
  0    all that was compared is equal
  1    there are differences
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Both databases.
    #[command(flatten)]
    pub sides: SidesArgs,
    /// Compare only these tables
    #[arg(long, value_name = "TABLES", value_delimiter = ',')]
    pub tables: Vec<String>,
    /// Skip these tables
    #[arg(long, value_name = "TABLES", value_delimiter = ',')]
    pub exclude: Vec<String>,
    /// The products to copy.
    #[command(flatten)]
    pub products: ProductsArgs,
    /// Compare only this percentage of the rows, chosen by the beginning of their ids
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub sample: Option<f64>,
    /// Maximum number of differences to print; all are counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
    /// Show the values of both sides, which may be confidential
    #[arg(long)]
    pub show_values: bool,
    /// Number of sessions that read each side in parallel [default: 3 for every 2 processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// Decisions about values, rows and tables that do not fit.
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// The conversion of local times.
    #[command(flatten)]
    pub time_zone: TimeZoneArgs,
    /// A dump as the source.
    #[command(flatten)]
    pub dump: DumpArgs,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').parse::<f64>().ok();
    number
        .filter(|percent| *percent > 0.0 && *percent <= 100.0)
        .ok_or_else(|| "give a number above 0, up to 100".to_owned())
}
