//! How the two databases are named without a password in the process list.

use std::path::PathBuf;

use clap::Args;

/// Both databases of a command that reads the one and writes the other.
#[derive(Debug, Clone, Args)]
pub struct SidesArgs {
    /// The MySQL or MariaDB database, unless `MIGRATION_ASSIST_MYSQL_DSN` names it
    #[arg(long, value_name = "DSN")]
    pub mysql: Option<String>,
    /// The PostgreSQL database, unless `MIGRATION_ASSIST_POSTGRES_DSN` names it
    #[arg(long, value_name = "DSN")]
    pub postgres: Option<String>,
    /// Where else the source's DSN may stand.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Where else the target's DSN may stand.
    #[command(flatten)]
    pub target: TargetArgs,
    /// The schema that Mattermost's tables live in
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub schema: String,
}

/// The source's DSN, when it is not given as an argument.
#[derive(Debug, Clone, Default, Args)]
pub struct SourceArgs {
    /// Read the MySQL DSN from a file
    #[arg(long, value_name = "FILE")]
    pub mysql_dsn_file: Option<PathBuf>,
    /// The MySQL DSN; set the variable rather than the flag, which a process list shows
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
    /// The PostgreSQL DSN; set the variable rather than the flag, which a process list shows
    #[arg(
        long,
        value_name = "DSN",
        env = "MIGRATION_ASSIST_POSTGRES_DSN",
        hide_env_values = true,
        hide = true
    )]
    pub postgres_dsn: Option<String>,
}
