//! `pgloader`: the flags of the configuration it writes.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

pub(super) const EXAMPLES: &str = "\
No connection is made. pgloader cannot log in to MySQL 8.4 and later.

Examples:
  migration-assist pgloader --mysql 'mmuser:secret@tcp(localhost:3306)/mattermost' \\
      --postgres 'postgres://mmuser:secret@localhost:5432/mattermost' --output migration.load
  migration-assist pgloader boards --mysql \"$MYSQL\" --postgres \"$POSTGRES\" --output boards.load
  pgloader migration.load

Exit status:
  0    the configuration is written
  2    it could not be
  130  interrupted";

/// The arguments of `pgloader`.
#[derive(Debug, Args)]
pub struct PgloaderArgs {
    /// The plugin whose tables to load, instead of Mattermost's own
    #[arg(value_name = "PLUGIN")]
    pub plugin: Option<PluginName>,
    /// The MySQL or MariaDB database
    #[arg(long, value_name = "DSN", env = "MIGRATION_ASSIST_MYSQL_DSN", hide_env_values = true)]
    pub mysql: Option<String>,
    /// Read the MySQL DSN from a file
    #[arg(long, value_name = "FILE")]
    pub mysql_dsn_file: Option<PathBuf>,
    /// The PostgreSQL database
    #[arg(long, value_name = "DSN", env = "MIGRATION_ASSIST_POSTGRES_DSN", hide_env_values = true)]
    pub postgres: Option<String>,
    /// Read the PostgreSQL DSN from a file
    #[arg(long, value_name = "FILE")]
    pub postgres_dsn_file: Option<PathBuf>,
    /// The schema that Mattermost's tables live in
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub schema: String,
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
    /// Leave the passwords out: pgloader takes them from `MYSQL_PWD` and `PGPASSWORD` or ~/.pgpass
    #[arg(long)]
    pub no_passwords: bool,
    /// Where the configuration goes, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace an existing file without asking
    #[arg(long)]
    pub force: bool,
}

/// A plugin that keeps tables of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PluginName {
    /// Boards
    Boards,
    /// Playbooks
    Playbooks,
    /// Calls
    Calls,
    /// User Survey
    UserSurvey,
}
