//! `copy`: the flags of the native copy.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{
    DecisionArgs, DumpArgs, ProductsArgs, SidesArgs, TargetLocaleArgs, TextSearchArgs, TimeZoneArgs,
};

pub(super) const EXAMPLES: &str = "\
Stop Mattermost on every node first, or use --live: what is written during the copy is missing.

The source is only read; an account that may SELECT is enough. If a row does not fit, all such rows \
are listed, and the tables that were begun are empty again. What has been copied is recorded in the \
target: after any interruption the same command resumes.

A dump is read twice: to find its rows, and to copy them. All jobs read a plain \
file at once; a compressed one has to be decompressed from its start by each job.

Examples:
  export MIGRATION_ASSIST_MYSQL_DSN='mm:secret@tcp(db:3306)/mattermost'
  export MIGRATION_ASSIST_POSTGRES_DSN='postgres://mm:secret@db/mattermost'
  migration-assist copy
  migration-assist copy --tables Posts,Threads --truncate-target
  migration-assist copy --dump mattermost.sql.gz
  migration-assist copy --live

Exit status:
  0    every row is copied
  1    rows do not fit, or were quarantined, or an index
       could not be built
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `copy`.
#[derive(Debug, Args)]
pub struct CopyArgs {
    /// Both databases.
    #[command(flatten)]
    pub sides: SidesArgs,
    /// The products to copy.
    #[command(flatten)]
    pub products: ProductsArgs,
    /// The tables to copy, and the treatment of existing rows.
    #[command(flatten)]
    pub tables: TablesArgs,
    /// Stop at the first row that does not fit and keep what was copied, instead of listing all such rows
    #[arg(long)]
    pub no_check: bool,
    /// Build the full-text indexes too, instead of leaving them to `post-migrate`
    #[arg(long)]
    pub full_text: bool,
    /// Copy while Mattermost keeps writing, from a recorded position of the source's binary log; `follow`
    /// applies what was written since
    #[arg(long, conflicts_with = "dump")]
    pub live: bool,
    /// Number of indexes to build in parallel; with more than one, twice as many sessions load rows [default: by
    /// the processors]
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
    /// The text search configuration of the full-text indexes.
    #[command(flatten)]
    pub text_search: TextSearchArgs,
    /// A dump as the source.
    #[command(flatten)]
    pub dump: DumpArgs,
}

/// The tables to copy, and the treatment of the target's rows: flags of `copy` and
/// `migrate`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct TablesArgs {
    /// Copy only these tables
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
    /// Delete rows that exist only on the target, if there are exactly this many, such as posts=3,tokens=1
    #[arg(long, value_name = "TABLE=ROWS", value_delimiter = ',', value_parser = table_rows)]
    pub delete_target_rows: Vec<(String, u64)>,
    /// Empty tables even while other programs are connected to the target
    #[arg(long)]
    pub despite_target_sessions: bool,
    /// Action for a row that does not fit: stop or quarantine
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

/// The action for a row that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnErrorArg {
    /// Stop
    Stop,
    /// Write it to the quarantine and continue
    Quarantine,
}
