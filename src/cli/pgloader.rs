//! `pgloader`: the flags of the configuration it writes.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::SidesArgs;
use crate::time_zone::TimeZone;

pub(super) const EXAMPLES: &str = "\
No connection is made. pgloader cannot log in to MySQL 8.4 and later. A plugin's tables are made \
where the target has none.

Examples:
  export MIGRATION_ASSIST_MYSQL_DSN='mm:secret@tcp(db:3306)/mattermost'
  export MIGRATION_ASSIST_POSTGRES_DSN='postgres://mm:secret@db/mattermost'
  migration-assist pgloader --output migration.load
  pgloader migration.load

  migration-assist pgloader boards --output boards.load
  pgloader boards.load

  migration-assist pgloader --no-passwords > migration.load
  MYSQL_PWD=secret PGPASSWORD=secret pgloader migration.load

Exit status:
  0    the configuration is written
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The subject of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SubjectArg {
    /// The tables of Playbooks
    Playbooks,
    /// The tables of Boards
    Boards,
    /// The tables of Calls
    Calls,
    /// The tables of User Survey
    UserSurvey,
    /// A configuration that is kept in the database
    Configuration,
}

/// Conversion of empty text where the target's column is JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EmptyJsonArg {
    /// An empty object
    Object,
    /// NULL, and an empty object where NULL, in a column that is NOT NULL
    Null,
}

/// The arguments of `pgloader`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct PgloaderArgs {
    /// Load the tables of playbooks, boards, calls or user-survey instead of Mattermost's own, or the
    /// configuration that is kept in the database
    #[arg(value_name = "PLUGIN", value_enum, hide_possible_values = true)]
    pub subject: Option<SubjectArg>,
    /// Both databases.
    #[command(flatten)]
    pub sides: SidesArgs,
    /// Remove NUL bytes from text, which PostgreSQL refuses
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_value_t = true,
        default_missing_value = "true",
        action = ArgAction::Set
    )]
    pub remove_null_chars: bool,
    /// For a plugin: conversion of empty text where PostgreSQL needs JSON: object or null
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "object",
        requires = "subject",
        hide_possible_values = true
    )]
    pub empty_json: EmptyJsonArg,
    /// For a plugin: the version of the source's tables, as `mysql` reports it [default: the newest known]
    #[arg(long, value_name = "VERSION", requires = "subject")]
    pub plugin_version: Option<String>,
    /// Omit the passwords: pgloader reads them from `MYSQL_PWD` and `PGPASSWORD` or ~/.pgpass
    #[arg(long)]
    pub no_passwords: bool,
    /// Delete the rows that an earlier load left, instead of stopping at them
    #[arg(long)]
    pub delete_existing_rows: bool,
    /// File for the configuration, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace an existing file without asking
    #[arg(long)]
    pub force: bool,
    /// Time zone in which the source's `datetime` values were written, such as Europe/Berlin or +09:00;
    /// rows of another zone end the load with an error [default: UTC]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub source_time_zone: Option<TimeZone>,
    /// The memory of pgloader.
    #[command(flatten)]
    pub memory: MemoryArgs,
}

/// The memory of pgloader.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Memory of pgloader")]
pub struct MemoryArgs {
    /// Number of threads; each table uses one reader and its writers
    #[arg(long, value_name = "N")]
    pub workers: Option<u32>,
    /// Writers per table
    #[arg(long, value_name = "N")]
    pub concurrency: Option<u32>,
    /// Rows queued between a table's reader and its writers, whatever their size
    #[arg(long, value_name = "ROWS")]
    pub prefetch_rows: Option<u32>,
    /// Maximum number of rows in one COPY
    #[arg(long, value_name = "ROWS")]
    pub batch_rows: Option<u32>,
    /// Maximum size of one COPY, in MiB
    #[arg(long, value_name = "MIB")]
    pub batch_size: Option<u32>,
}
