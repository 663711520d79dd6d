//! What a person types: commands, flags and their help.

mod connection;
mod copy;
mod cutover;
mod dump;
mod migrate;
mod mysql;
mod pgloader;
mod postgres;
mod products;
mod schema;
mod verify;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use connection::{SidesArgs, SourceArgs, TargetArgs};
pub use copy::{CopyArgs, OnErrorArg};
pub use cutover::{AcceptArgs, ConfigArgs, CutoverArgs, MachineArgs};
pub use dump::DumpArgs;
pub use migrate::MigrateArgs;
pub use mysql::{FixArgs, MysqlArgs};
pub use pgloader::{EmptyJsonArg, MemoryArgs, PgloaderArgs, SubjectArg};
pub use postgres::{MigrationSetArgs, PostMigrateArgs, PostgresArgs, PostgresCommand};
pub use products::ProductsArgs;
pub use schema::SchemaArgs;
pub use verify::VerifyArgs;

/// What every `--help` ends with.
const EXIT_STATUS: &str = "\
Exit status:
  0    nothing wrong
  1    it worked, and found problems
  2    it could not work
  130  interrupted";

/// Takes a Mattermost workspace from MySQL or MariaDB to PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "migration-assist", version, after_help = EXIT_STATUS, max_term_width = 100)]
#[command(disable_help_subcommand = true, propagate_version = false)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to talk about it.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Do it all: check, build the schema, copy, index, and prove both sides equal
    #[command(after_help = migrate::EXAMPLES)]
    Migrate(MigrateArgs),
    /// Check the MySQL side, repair it, and write down its applied migrations
    #[command(after_help = mysql::EXAMPLES)]
    Mysql(MysqlArgs),
    /// Check the PostgreSQL side and build its schema
    #[command(after_help = postgres::EXAMPLES)]
    Postgres(PostgresArgs),
    /// Copy all rows from the source to the target, with their indexes
    #[command(after_help = copy::EXAMPLES)]
    Copy(CopyArgs),
    /// Restore indexes after the load, refresh materialized views and analyze
    #[command(after_help = postgres::POST_MIGRATE_EXAMPLES)]
    PostMigrate(PostMigrateArgs),
    /// Write a pgloader configuration
    #[command(after_help = pgloader::EXAMPLES)]
    Pgloader(PgloaderArgs),
    /// Compare every row of both sides, and name those that differ
    #[command(after_help = verify::EXAMPLES)]
    Verify(VerifyArgs),
    /// Point Mattermost at PostgreSQL, and back
    #[command(after_help = cutover::EXAMPLES)]
    Cutover(Box<CutoverArgs>),
    /// Print the version and the newest Mattermost release known
    Version,
}

impl Command {
    /// Its name, as reports give it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mysql(_) => "mysql",
            Self::Postgres(PostgresArgs { command: Some(_), .. }) | Self::PostMigrate(_) => {
                "post-migrate"
            }
            Self::Postgres(_) => "postgres",
            Self::Migrate(_) => "migrate",
            Self::Copy(_) => "copy",
            Self::Pgloader(_) => "pgloader",
            Self::Verify(_) => "verify",
            Self::Cutover(_) => "cutover",
            Self::Version => "version",
        }
    }
}

/// How a command talks: flags that every command takes.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// What to print on standard output: text (a configuration, a document) or json (a report)
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        default_value = "text",
        hide_possible_values = true
    )]
    pub format: Format,
    /// Say more
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Say only what is wrong
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Draw no progress bars
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// When to use colour: auto (on a terminal), always or never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub color: Color,
}

/// What standard output carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What the command makes: a configuration, a document
    Text,
    /// One JSON object that reports what the command did
    Json,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Cli, Command};

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_that_default_to_true_take_false() {
        let line = ["migration-assist", "postgres", "dsn", "--check-tables-empty=false"];
        let Command::Postgres(args) = Cli::parse_from(line).command else {
            panic!("another command");
        };
        assert!(!args.check_tables_empty);
        assert!(args.check_schema_owner);
    }

    #[test]
    fn post_migrate_stands_alone_and_below_postgres() {
        for line in [
            &["migration-assist", "postgres", "post-migrate", "dsn"][..],
            &["migration-assist", "post-migrate", "dsn"],
        ] {
            assert_eq!(Cli::parse_from(line).command.name(), "post-migrate");
        }
    }
}
