//! `migrate`: the flags of the whole migration.

use std::path::PathBuf;

use clap::Args;

use super::{
    DecisionArgs, DumpArgs, FullTextArgs, ProductsArgs, SidesArgs, TablesArgs, TargetLocaleArgs,
    TimeZoneArgs,
};

pub(super) const EXAMPLES: &str = "\
Stop Mattermost on every node first, or use --live: what is written during the copy is missing.

Checks the source, builds the schema of its own migrations, copies all rows, builds all indexes, \
fills the materialized views, analyzes, and compares every row of both sides. It stops before it \
writes anything where a finding needs a decision. After any interruption the same command \
resumes.

With --live Mattermost keeps writing. What it writes is applied to the target from the source's \
binary log, all rows are compared at one position of the log, and following continues until \
`cutover --live` takes over.

Examples:
  export MIGRATION_ASSIST_MYSQL_DSN='mm:secret@tcp(db:3306)/mattermost'
  export MIGRATION_ASSIST_POSTGRES_DSN='postgres://mm:secret@db/mattermost'
  migration-assist migrate
  migration-assist migrate --fix-in-flight --log migrate.log
  migration-assist migrate --restart
  migration-assist migrate --dump mattermost.sql.gz
  migration-assist migrate --live

Exit status:
  0    the target is proven equal; with --live, and
       `cutover --live` has taken over
  1    there are findings, and nothing was written; or the
       proof failed
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Both databases.
    #[command(flatten)]
    pub sides: SidesArgs,
    /// The tables to copy, and the treatment of existing rows.
    #[command(flatten)]
    pub tables: TablesArgs,
    /// The products to copy.
    #[command(flatten)]
    pub products: ProductsArgs,
    /// Maximum number of differences to print; all are counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
    /// Show the values of both sides that differ, which may be confidential
    #[arg(long)]
    pub show_values: bool,
    /// Keep Mattermost running: follow the source's binary log until `cutover --live` switches
    #[arg(long, conflicts_with = "dump")]
    pub live: bool,
    /// Number of tables, parts of tables or indexes to process in parallel; with more than one, twice as many
    /// sessions load rows [default: by the processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// File that receives the original of every changed value, before the change
    #[arg(long, value_name = "FILE", default_value = "quarantine.jsonl")]
    pub quarantine: PathBuf,
    /// Decisions about values, rows and tables that do not fit.
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// The conversion of local times.
    #[command(flatten)]
    pub time_zone: TimeZoneArgs,
    /// Accepted properties of the target's locale.
    #[command(flatten)]
    pub locale: TargetLocaleArgs,
    /// The full-text indexes.
    #[command(flatten)]
    pub full_text: FullTextArgs,
    /// A dump as the source.
    #[command(flatten)]
    pub dump: DumpArgs,
}
