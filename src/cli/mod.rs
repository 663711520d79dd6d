//! The command line: commands, flags and their help.

mod arguments;
mod carried;
mod connection;
mod copy;
mod cutover;
mod decisions;
mod dump;
mod explain;
mod follow;
mod manual;
mod migrate;
mod mysql;
mod pgloader;
mod postgres;
mod products;
mod rejected;
mod report;
mod schema;
mod target_locale;
mod text_search;
mod time_zone;
mod verify;

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use arguments::{Side, side_of};
pub use carried::CarriedFlags;
pub use connection::{SidesArgs, SourceArgs, TargetArgs};
pub use copy::{CopyArgs, OnErrorArg, TablesArgs};
pub use cutover::{AcceptArgs, ConfigArgs, CutoverArgs, MachineArgs};
pub use decisions::DecisionArgs;
pub use dump::DumpArgs;
pub use explain::ExplainArgs;
pub use follow::FollowArgs;
pub use manual::{ManualPage, manual};
pub use migrate::MigrateArgs;
pub use mysql::{FixArgs, GoMysqlArgs, MysqlArgs};
pub use pgloader::{EmptyJsonArg, MemoryArgs, PgloaderArgs, SubjectArg};
pub use postgres::{MigrationSetArgs, PostMigrateArgs, PostgresArgs, PostgresCommand};
pub use products::ProductsArgs;
pub use rejected::Rejected;
pub use report::ReportArgs;
pub use schema::SchemaArgs;
pub use target_locale::TargetLocaleArgs;
pub use text_search::{FullTextArgs, TextSearchArg, TextSearchArgs};
pub use time_zone::{AmbiguousTimesArg, TimeZoneArgs};
pub use verify::VerifyArgs;

/// The end of the program's help.
const EXIT_STATUS: &str = "\
Examples:
  migration-assist mysql 'mm:secret@tcp(db:3306)/mattermost'
  migration-assist migrate --mysql-dsn-file mysql.dsn \\
    --postgres-dsn-file postgres.dsn
  migration-assist help cutover

Exit status:
  0    nothing wrong
  1    the command worked and found problems
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The end of the help of `man`.
const MAN_EXAMPLES: &str = "\
Examples:
  migration-assist man /usr/local/share/man/man1
  man migration-assist-migrate

Exit status:
  0    the pages are written
  2    the command failed";

/// The end of every command's short help.
const MORE: &str = "Run with --help for examples and exit statuses.";

/// Keeps clap from wrapping indented lines, which are there to be pasted. [`Rejected`] turns the
/// non-breaking spaces into spaces again.
fn keep_lines(text: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("  ") { line.replace(' ', NON_BREAKING_SPACE) } else { line.to_owned() }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

const NON_BREAKING_SPACE: &str = "\u{a0}";

/// Moves a Mattermost workspace from MySQL or MariaDB to PostgreSQL
#[derive(Debug, Parser)]
#[command(name = "migration-assist", version, max_term_width = 100)]
#[command(after_help = MORE, after_long_help = keep_lines(EXIT_STATUS), args_override_self = true)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
    /// The given flags that a next command needs too.
    #[arg(skip)]
    pub carried: CarriedFlags,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole migration: check, schema, copy, indexes, proof
    #[command(after_help = MORE, after_long_help = keep_lines(migrate::EXAMPLES), args_override_self = true)]
    Migrate(MigrateArgs),
    /// Check the source, repair it, and write its applied migrations
    #[command(after_help = MORE, after_long_help = keep_lines(mysql::EXAMPLES), args_override_self = true)]
    Mysql(MysqlArgs),
    /// Check the target and build its schema
    #[command(after_help = MORE, after_long_help = keep_lines(postgres::EXAMPLES), args_override_self = true)]
    Postgres(PostgresArgs),
    /// Copy all rows from the source to the target, with their indexes
    #[command(after_help = MORE, after_long_help = keep_lines(copy::EXAMPLES), args_override_self = true)]
    Copy(CopyArgs),
    /// Apply the source's binary log to the target, until the switch
    #[command(after_help = MORE, after_long_help = keep_lines(follow::EXAMPLES), args_override_self = true)]
    Follow(FollowArgs),
    /// Build missing indexes, refresh materialized views and analyze
    #[command(after_help = MORE, after_long_help = keep_lines(postgres::POST_MIGRATE_EXAMPLES), args_override_self = true)]
    PostMigrate(PostMigrateArgs),
    /// Write a pgloader configuration
    #[command(after_help = MORE, after_long_help = keep_lines(pgloader::EXAMPLES), args_override_self = true)]
    Pgloader(PgloaderArgs),
    /// Compare every row of both sides and name those that differ
    #[command(after_help = MORE, after_long_help = keep_lines(verify::EXAMPLES), args_override_self = true)]
    Verify(VerifyArgs),
    /// Switch Mattermost's configuration to PostgreSQL, and back
    #[command(after_help = MORE, after_long_help = keep_lines(cutover::EXAMPLES), args_override_self = true)]
    Cutover(Box<CutoverArgs>),
    /// Create an HTML page from saved JSON reports
    #[command(after_help = MORE, after_long_help = keep_lines(report::EXAMPLES), args_override_self = true)]
    Report(ReportArgs),
    /// Print a saved JSON report as its command printed it
    #[command(after_help = MORE, after_long_help = keep_lines(explain::EXAMPLES), args_override_self = true)]
    Explain(ExplainArgs),
    /// Print the version and the newest Mattermost release known
    Version,
    /// Print the completions of a shell: bash, elvish, fish, powershell or zsh
    #[command(alias = "completion")]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL", hide_possible_values = true)]
        shell: Shell,
    },
    /// Write the manual: one page for each command
    #[command(after_help = MORE, after_long_help = keep_lines(MAN_EXAMPLES))]
    Man {
        /// Directory for the pages, such as /usr/local/share/man/man1
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
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
            Self::Follow(_) => "follow",
            Self::Pgloader(_) => "pgloader",
            Self::Verify(_) => "verify",
            Self::Cutover(_) => "cutover",
            Self::Report(_) => "report",
            Self::Explain(_) => "explain",
            Self::Version => "version",
            Self::Completions { .. } => "completions",
            Self::Man { .. } => "man",
        }
    }
}

impl Command {
    /// The hint of an interruption: how the command resumes; `None` if it has to start again, which needs no
    /// advice.
    #[must_use]
    pub fn resumption(&self) -> Option<&'static str> {
        match self {
            Self::Copy(_) | Self::Migrate(_) | Self::PostMigrate(_) => {
                Some("run the same command again to resume; finished work is kept")
            }
            Self::Follow(_) => {
                Some("run the same command again to continue; what was applied is kept")
            }
            Self::Mysql(args) if args.fix.is_asked() => {
                Some("run the same command again to resume; finished repairs are kept")
            }
            Self::Cutover(_) => Some(
                "run `migration-assist cutover --plan` with the same flags to see what is switched and frozen",
            ),
            Self::Mysql(_)
            | Self::Postgres(_)
            | Self::Pgloader(_)
            | Self::Verify(_)
            | Self::Report(_)
            | Self::Explain(_)
            | Self::Version
            | Self::Completions { .. }
            | Self::Man { .. } => None,
        }
    }
}

impl Cli {
    /// Reads the arguments of a process, its name first, in the forms that the Go tool accepts too.
    pub fn read(arguments: &[String]) -> Result<Self, Rejected> {
        let mut command = Self::command();
        if arguments.len() < 2 {
            return Err(Rejected::Help(plain(&command.render_help().ansi().to_string())));
        }
        let normalised = arguments::normalise(&command, arguments.to_vec());
        let matches = command.try_get_matches_from_mut(normalised.clone());
        let parsed = matches.and_then(|mut matches| {
            let carried = CarriedFlags::of(&command, &matches);
            Ok(Self { carried, ..Self::from_arg_matches_mut(&mut matches)? })
        });
        parsed.map_err(|error| Rejected::new(&command, &error, &[arguments, &normalised].concat()))
    }
}

/// The completions of a shell, as a script for it.
#[must_use]
pub fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "migration-assist", &mut script);
    let script = String::from_utf8_lossy(&script);
    // clap_complete 4.6.11 spells the `-` of a program's name in one way for the cases that it sets, and in
    // another for those that it looks up: bash would complete no flag of any command.
    script.replace("migration__subcmd__assist", "migration__assist")
}

fn plain(text: &str) -> String {
    text.replace(NON_BREAKING_SPACE, " ")
}

/// Flags of every command about its output.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Output format: text (a configuration, a document) or json (a report)
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        default_value = "text",
        hide_possible_values = true
    )]
    pub format: Format,
    /// Print details
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Print only warnings and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Print progress as lines instead of bars
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Also write the progress to a file or a pipe, one JSON object per line, for scripts
    #[arg(long, global = true, value_name = "FILE")]
    pub progress_file: Option<PathBuf>,
    /// Also write all messages, the servers and the statements to a file, with the time: no secrets, no values
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
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

/// The format of standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The command's product: a configuration, a document
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

    use super::{Cli, Command, Rejected};

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
    fn no_arguments_print_the_help() {
        let rejected = Cli::read(&["migration-assist".to_owned()]).expect_err("help");
        assert!(matches!(rejected, Rejected::Help(text) if text.contains("Usage:")));
    }

    #[test]
    fn an_example_is_never_wrapped() {
        let mut command = Cli::command().term_width(60);
        for name in
            ["migrate", "mysql", "postgres", "copy", "follow", "verify", "cutover", "pgloader"]
        {
            let found = command.find_subcommand_mut(name).expect("a command");
            let help = super::plain(&found.render_long_help().to_string());
            let is_example = |line: &&str| line.starts_with("  migration-assist ");
            assert!(help.lines().any(|line| is_example(&line)), "{help}");
            assert!(
                help.lines().filter(is_example).all(|line| line.chars().count() <= 78),
                "{help}"
            );
            let (_, statuses) = help.split_once("Exit status:\n").expect("its statuses");
            assert!(statuses.lines().all(|line| line.chars().count() <= 60), "{statuses}");
        }
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
