//! A dump in the place of a server.

use std::path::PathBuf;

use clap::Args;

/// A dump as the source.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Dump")]
pub struct DumpArgs {
    /// Read a file of mysqldump or mariadb-dump instead of a server: plain, .gz or .zst
    #[arg(long, value_name = "FILE", conflicts_with = "mysql_dsn_file")]
    pub dump: Option<PathBuf>,
    /// Database to read, if the dump contains several with Mattermost
    #[arg(long, value_name = "NAME", requires = "dump")]
    pub database: Option<String>,
    /// Accept a dump that does not show whether it is complete; rows might be missing
    #[arg(long, requires = "dump")]
    pub accept_incomplete_dump: bool,
    /// Accept a dump that has lost characters, or that does not state its character set
    #[arg(long, requires = "dump")]
    pub accept_lossy_dump: bool,
}
