//! How the two databases are named without a password in the process list.

use std::path::PathBuf;

use clap::Args;

/// Both databases of a command that reads the one and writes the other.
#[derive(Debug, Clone, Args)]
#[expect(clippy::doc_markdown, reason = "help texts have no backticks")]
pub struct SidesArgs {
    /// MySQL or MariaDB database [default: $MIGRATION_ASSIST_MYSQL_DSN]
    #[arg(long, value_name = "DSN")]
    pub mysql: Option<String>,
    /// PostgreSQL database [default: $MIGRATION_ASSIST_POSTGRES_DSN]
    #[arg(long, value_name = "DSN")]
    pub postgres: Option<String>,
    /// Other ways to give the source's DSN.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Other ways to give the target's DSN.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Schema of Mattermost's tables
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub schema: String,
}

/// The source's DSN, when it is not given as an argument.
#[derive(Debug, Clone, Default, Args)]
pub struct SourceArgs {
    /// Read the MySQL DSN from a file
    #[arg(long, value_name = "FILE")]
    pub mysql_dsn_file: Option<PathBuf>,
    /// MySQL DSN; prefer the variable, because a process list shows the flag
    #[arg(
        long,
        value_name = "DSN",
        env = "MIGRATION_ASSIST_MYSQL_DSN",
        hide_env_values = true,
        hide = true
    )]
    pub mysql_dsn: Option<String>,
    /// Read the DSN from Mattermost's own config.json (SqlSettings.DataSource)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The target's DSN, when it is not given as an argument.
#[derive(Debug, Clone, Default, Args)]
pub struct TargetArgs {
    /// Read the PostgreSQL DSN from a file
    #[arg(long, value_name = "FILE")]
    pub postgres_dsn_file: Option<PathBuf>,
    /// PostgreSQL DSN; prefer the variable, because a process list shows the flag
    #[arg(
        long,
        value_name = "DSN",
        env = "MIGRATION_ASSIST_POSTGRES_DSN",
        hide_env_values = true,
        hide = true
    )]
    pub postgres_dsn: Option<String>,
}
