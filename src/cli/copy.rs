//! `copy`: the flags of the native copy.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{DumpArgs, ProductsArgs, SidesArgs, TimeZoneArgs};

pub(super) const EXAMPLES: &str = "\
The source is only read; an account that may SELECT is enough. Rows that do not fit are found \
before the first one is copied. What has been copied is kept in the target, with the rows: after \
any interruption the same command goes on.

A dump is read twice: to find its rows, and to copy them. A plain file is copied by all jobs at \
once from wherever its rows stand; a packed one has to be unpacked from its start by each.

Examples:
  export MIGRATION_ASSIST_MYSQL_DSN='mm:secret@tcp(db:3306)/mattermost'
  export MIGRATION_ASSIST_POSTGRES_DSN='postgres://mm:secret@db/mattermost'
  migration-assist copy
  migration-assist copy --tables Posts,Threads --truncate-target
  migration-assist copy --dump mattermost.sql.gz

Exit status:
  0    every row is copied
  1    rows do not fit, or were set aside, or an index could not be built
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `copy`.
#[derive(Debug, Args)]
pub struct CopyArgs {
    /// The two databases.
    #[command(flatten)]
    pub sides: SidesArgs,
    /// Which products.
    #[command(flatten)]
    pub products: ProductsArgs,
    /// Also copy tables of no known product, into tables of the same columns that are made for them
    #[arg(long)]
    pub copy_unknown: bool,
    /// Which tables, and what becomes of the rows that are there.
    #[command(flatten)]
    pub tables: TablesArgs,
    /// Do not look for rows that do not fit before the first one is copied: `mysql` has just done so
    #[arg(long)]
    pub no_check: bool,
    /// Build the full-text indexes too, instead of leaving them to `post-migrate`
    #[arg(long)]
    pub full_text: bool,
    /// How many tables, parts of tables or indexes to work on at a time [default: by the processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// Where every value that is altered on its way is written first
    #[arg(long, value_name = "FILE", default_value = "quarantine.jsonl")]
    pub quarantine: PathBuf,
    /// How local times become instants.
    #[command(flatten)]
    pub time_zone: TimeZoneArgs,
    /// A dump in the source's place.
    #[command(flatten)]
    pub dump: DumpArgs,
}

/// Which tables are copied, and what becomes of the rows that the target has: flags of `copy` and
/// `migrate`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct TablesArgs {
    /// Copy these tables only
    #[arg(long, value_name = "TABLES", value_delimiter = ',')]
    pub tables: Vec<String>,
    /// Skip these tables
    #[arg(long, value_name = "TABLES", value_delimiter = ',')]
    pub exclude: Vec<String>,
    /// Copy only tables that an earlier run did not complete, or of which it quarantined rows
    #[arg(long)]
    pub only_failed: bool,
    /// Empty the tables that an earlier run filled and start over
    #[arg(long)]
    pub restart: bool,
    /// Empty tables of the target whose rows no earlier run wrote
    #[arg(long)]
    pub truncate_target: bool,
    /// Delete exactly so many rows that exist only on the target, such as posts=3,tokens=1
    #[arg(long, value_name = "TABLE=ROWS", value_delimiter = ',', value_parser = table_rows)]
    pub delete_target_rows: Vec<(String, u64)>,
    /// Empty tables even while other programs are connected to the target
    #[arg(long)]
    pub despite_target_sessions: bool,
    /// What to do with a row that does not fit: stop or quarantine
    #[arg(long, value_name = "WHAT", default_value = "stop", hide_possible_values = true)]
    pub on_error: OnErrorArg,
    /// Start even if the target's disk seems to be too small
    #[arg(long)]
    pub no_space_check: bool,
}

fn table_rows(text: &str) -> Result<(String, u64), String> {
    let parts = text.split_once('=').and_then(|(table, rows)| Some((table, rows.parse().ok()?)));
    parts
        .map(|(table, rows)| (table.to_owned(), rows))
        .ok_or_else(|| "write a table and its number of rows, such as posts=3".to_owned())
}

/// What to do with a row that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnErrorArg {
    /// Stop
    Stop,
    /// Put it into the quarantine and go on
    Quarantine,
}
