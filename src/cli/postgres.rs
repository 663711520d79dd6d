//! `postgres` and `post-migrate`: the flags of the target's checks, schema and indexes.

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};

use super::{FullTextArgs, SchemaArgs, TargetArgs, TargetLocaleArgs};

pub(super) const EXAMPLES: &str = "\
With a set and without --run-migrations, the schema is compared with that set and left as it is.

Examples:
  migration-assist postgres 'postgres://mm:secret@db:5432/mattermost'

  export MIGRATION_ASSIST_POSTGRES_DSN='postgres://mm:secret@db/mattermost'
  migration-assist postgres --run-migrations --applied-migrations mysql.output
  migration-assist postgres --run-migrations --mattermost-version 10.11
  migration-assist postgres --applied-migrations mysql.output
  migration-assist postgres --check-tables-empty=false \\
    --full-schema-check --save-diff diff

Exit status:
  0    nothing wrong
  1    there are findings, and nothing was changed
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

pub(super) const POST_MIGRATE_EXAMPLES: &str = "\
Examples:
  migration-assist post-migrate 'postgres://mm:secret@db:5432/mattermost'
  migration-assist post-migrate 'postgres://mm:secret@db:5432/mattermost' \\
    --create-indexes
  migration-assist post-migrate --text-search accent-insensitive \\
    --rebuild-full-text

Exit status:
  0    every index that was asked for is there
  1    an index could not be built (the others are there),
       or no table has rows
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `postgres`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct PostgresArgs {
    /// `post-migrate`, which is also a command of its own.
    #[command(subcommand)]
    pub command: Option<PostgresCommand>,
    /// PostgreSQL database
    #[arg(value_name = "DSN")]
    pub dsn: Option<String>,
    /// Other ways to give the DSN.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Schema of Mattermost's tables
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub schema: String,
    /// Check that the account may create and own the schema's tables
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_value_t = true,
        default_missing_value = "true",
        action = ArgAction::Set
    )]
    pub check_schema_owner: bool,
    /// Check that no table has rows
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_value_t = true,
        default_missing_value = "true",
        action = ArgAction::Set
    )]
    pub check_tables_empty: bool,
    /// Accepted properties of the target's locale.
    #[command(flatten)]
    pub locale: TargetLocaleArgs,
    /// Create the schema, or upgrade it to the requested migrations
    #[arg(long, requires = "migration_set")]
    pub run_migrations: bool,
    /// The schema to create.
    #[command(flatten)]
    pub set: MigrationSetArgs,
    /// The comparison of the schema.
    #[command(flatten)]
    pub full: SchemaArgs,
    /// Replace existing files without asking
    #[arg(long, requires = "save_diff")]
    pub force: bool,
}

/// The migrations of the schema. `--applied-migrations` takes precedence over the others, as in the Go
/// tool.
#[derive(Debug, Clone, Default, Args)]
#[group(id = "migration_set", multiple = true)]
pub struct MigrationSetArgs {
    /// Schema of a Mattermost release: 10.5.4, v10.5.4 or 10.5
    #[arg(long, value_name = "VERSION")]
    pub mattermost_version: Option<String>,
    /// Schema of the source, from the document that `mysql` wrote
    #[arg(long, value_name = "FILE")]
    pub applied_migrations: Option<PathBuf>,
    /// Directory of Mattermost's own files, such as `000001_create_teams.up.sql`
    #[arg(long, value_name = "DIR")]
    pub migrations_dir: Option<PathBuf>,
    /// A git binary, for the Go tool, which clones the migrations with it
    #[arg(long, value_name = "PATH", hide = true, num_args = 0..=1, default_missing_value = "git")]
    pub git: Option<String>,
}

/// The commands below `postgres`.
#[derive(Debug, Subcommand)]
pub enum PostgresCommand {
    /// Restore indexes after the load, refresh materialized views and analyze
    #[command(after_help = super::MORE, after_long_help = super::keep_lines(POST_MIGRATE_EXAMPLES))]
    PostMigrate(PostMigrateArgs),
}

/// The arguments of `post-migrate`.
#[derive(Debug, Args)]
pub struct PostMigrateArgs {
    /// PostgreSQL database
    #[arg(value_name = "DSN")]
    pub dsn: Option<String>,
    /// Other ways to give the DSN.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Schema of Mattermost's tables
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub schema: String,
    /// Build every missing index of the schema's migrations, not only the full-text ones
    #[arg(long)]
    pub create_indexes: bool,
    /// Number of indexes to build in parallel
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: u16,
    /// The full-text indexes.
    #[command(flatten)]
    pub full_text: FullTextArgs,
    /// Drop the index for phrase searches
    #[arg(long, conflicts_with = "phrase_index", help_heading = "Search")]
    pub drop_phrase_index: bool,
}
