//! `mysql`: the flags of the source's checks and fixes.

use std::path::PathBuf;

use clap::Args;

use super::{DecisionArgs, DumpArgs, ProductsArgs, SchemaArgs, SourceArgs, TimeZoneArgs};

pub(super) const EXAMPLES: &str = "\
Without a --fix flag nothing is written to the database, and an account that may only SELECT is \
enough. The applied-migrations document goes to --output, else to standard output when that is \
redirected to a file, else to `mysql.output`.

A dump is checked by the same rules, in one pass, also from standard input (`--dump -`); what \
only a server can answer is listed as not checked.

Examples:
  migration-assist mysql 'mm:secret@tcp(db:3306)/mattermost'
  migration-assist mysql 'mm@unix(/run/mysqld/mysqld.sock)/mattermost' \\
    --fix-unicode --dry-run
  migration-assist mysql --config /opt/mattermost/config/config.json \\
    --output mysql.output
  migration-assist mysql 'mm@tcp(db)/mattermost' --full-schema-check \\
    --save-diff diff
  migration-assist mysql --dump mattermost.sql.gz --schema-report report.json

DSNs:
  user:password@tcp(host:port)/database, user:password@unix(/socket)/database, or a mysql:// URL
  ?tls=true asks for TLS, &tls-ca=/path/ca.pem names the authority

Exit status:
  0    nothing wrong
  1    there are findings
  2    the command failed; finished work is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `mysql`.
#[derive(Debug, Args)]
pub struct MysqlArgs {
    /// MySQL or MariaDB database
    #[arg(value_name = "DSN")]
    pub dsn: Option<String>,
    /// Other ways to give the DSN.
    #[command(flatten)]
    pub source: SourceArgs,
    /// File for the applied-migrations document
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace an existing file without asking
    #[arg(long)]
    pub force: bool,
    /// Also write a report to share with support: schema, sizes and findings, without cell values
    #[arg(long, value_name = "FILE")]
    pub schema_report: Option<PathBuf>,
    /// The products to copy.
    #[command(flatten)]
    pub products: ProductsArgs,
    /// The comparison of the schema.
    #[command(flatten)]
    pub schema: SchemaArgs,
    /// The conversion of local times.
    #[command(flatten)]
    pub time_zone: TimeZoneArgs,
    /// A dump as the source.
    #[command(flatten)]
    pub dump: DumpArgs,
    /// Decisions about values, rows and tables that do not fit.
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// The repairs.
    #[command(flatten)]
    pub fix: FixArgs,
    /// Flags of the Go tool.
    #[command(flatten)]
    pub go: GoMysqlArgs,
}

/// Flags of the Go tool's `mysql` that have no effect here: the source's own migrations are compared.
#[derive(Debug, Default, Args)]
pub struct GoMysqlArgs {
    /// A release whose schema to compare with
    #[arg(long, value_name = "VERSION", hide = true)]
    pub mattermost_version: Option<String>,
    /// A folder of migrations to compare with
    #[arg(long, value_name = "DIR", hide = true)]
    pub migrations_dir: Option<PathBuf>,
    /// A document of migrations to compare with
    #[arg(long, value_name = "FILE", hide = true)]
    pub applied_migrations: Option<PathBuf>,
    /// A git binary
    #[arg(long, value_name = "PATH", hide = true, num_args = 0..=1, default_missing_value = "git")]
    pub git: Option<String>,
}

impl GoMysqlArgs {
    /// The names of those that were given.
    #[must_use]
    pub fn given(&self) -> Vec<&'static str> {
        let all = [
            ("--mattermost-version", self.mattermost_version.is_some()),
            ("--migrations-dir", self.migrations_dir.is_some()),
            ("--applied-migrations", self.applied_migrations.is_some()),
            ("--git", self.git.is_some()),
        ];
        all.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }
}

/// The repairs of `mysql`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Repair")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct FixArgs {
    /// Remove known leftovers of old versions: tables and columns
    #[arg(long)]
    pub fix_artifacts: bool,
    /// Remove what PostgreSQL cannot store from text and JSON
    #[arg(long)]
    pub fix_unicode: bool,
    /// Shorten or remove values that are longer than PostgreSQL's columns
    #[arg(long)]
    pub fix_varchar: bool,
    /// Replace empty values and null by valid JSON where it is needed, and close truncated lists
    #[arg(long)]
    pub fix_json: bool,
    /// Replace NULL in columns that are NOT NULL on PostgreSQL
    #[arg(long)]
    pub fix_nulls: bool,
    /// Make every repair (all), or only those that --on-overflow and --on-invalid decide (decided)
    #[arg(long, value_name = "WHAT", value_parser = ["all", "decided"], hide_possible_values = true)]
    pub fix: Option<String>,
    /// Print what the repairs would do and change nothing; needs a repair flag
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run, also print the beginnings of old and new values, which may be confidential
    #[arg(long, requires = "dry_run")]
    pub show_values: bool,
    /// File that receives the original of everything that a repair changes, before the change
    #[arg(long, value_name = "FILE", default_value = "quarantine.jsonl")]
    pub quarantine: PathBuf,
    /// Restore the originals from a quarantine file
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "fix_artifacts", "fix_unicode", "fix_varchar", "fix_json", "fix_nulls", "fix", "dry_run",
            "on_overflow"
        ]
    )]
    pub undo: Option<PathBuf>,
    /// Undo records of a database of another name, such as the original of this copy
    #[arg(long, requires = "undo")]
    pub undo_other_database: bool,
    /// Undo a file whose last line is incomplete, as after a repair that was killed
    #[arg(long, requires = "undo")]
    pub undo_incomplete: bool,
}

impl FixArgs {
    /// Whether the source is changed.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.fix_artifacts
            || self.fix_unicode
            || self.fix_varchar
            || self.fix_json
            || self.fix_nulls
            || self.fix.is_some()
            || self.undo.is_some()
    }
}
