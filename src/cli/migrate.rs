//! `migrate`: the flags of the whole migration.

use std::path::PathBuf;

use clap::Args;

use super::{DumpArgs, ProductsArgs, SidesArgs, TablesArgs, TimeZoneArgs};

pub(super) const EXAMPLES: &str = "\
Checks the source, builds the schema of its own migrations, copies all rows, builds all indexes, \
fills the materialized views, analyzes, and compares every row of both sides. It stops before it \
writes anything where a finding needs a decision. After any interruption the same command goes \
on.

Examples:
  export MIGRATION_ASSIST_MYSQL_DSN='mm:secret@tcp(db:3306)/mattermost'
  export MIGRATION_ASSIST_POSTGRES_DSN='postgres://mm:secret@db/mattermost'
  migration-assist migrate
  migration-assist migrate --fix-in-flight --log migrate.log
  migration-assist migrate --restart
  migration-assist migrate --dump mattermost.sql.gz

Exit status:
  0    the target is proven equal
  1    there are findings, and nothing was written; or the proof failed
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// The two databases.
    #[command(flatten)]
    pub sides: SidesArgs,
    /// Which tables, and what becomes of the rows that are there.
    #[command(flatten)]
    pub tables: TablesArgs,
    /// Which products.
    #[command(flatten)]
    pub products: ProductsArgs,
    /// Also copy tables of no known product, into tables of the same columns that are made for them
    #[arg(long)]
    pub copy_unknown: bool,
    /// Let the copy change what needs no decision, as NUL bytes in text; the source stays as it is
    #[arg(long)]
    pub fix_in_flight: bool,
    /// Name so many differences at most; all are counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
    /// Show the values of both sides that differ, which may be confidential
    #[arg(long)]
    pub show_values: bool,
    /// How many tables, parts of tables or indexes to work on at a time [default: by the processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// Where every value that is altered on its way is written first
    #[arg(long, value_name = "FILE", default_value = "quarantine.jsonl")]
    pub quarantine: PathBuf,
    /// Also write what is said to a file, with the time, for support: no secrets, no values
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// How local times become instants.
    #[command(flatten)]
    pub time_zone: TimeZoneArgs,
    /// A dump in the source's place.
    #[command(flatten)]
    pub dump: DumpArgs,
}
