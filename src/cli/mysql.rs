//! `mysql`: the flags of the source's checks and fixes.

use std::path::PathBuf;

use clap::Args;

use super::{DumpArgs, ProductsArgs, SchemaArgs, SourceArgs};

pub(super) const EXAMPLES: &str = "\
Without a --fix flag nothing is written to the database, and an account that may only SELECT is
enough. The applied-migrations document goes to --output, else to standard output when that is
redirected to a file, else to `mysql.output`.

A dump is checked by the same rules, in one pass, also from standard input (`--dump -`); what only a
server tells is listed as not checked.

Examples:
  migration-assist mysql 'mmuser:secret@tcp(localhost:3306)/mattermost'
  migration-assist mysql 'mmuser@unix(/run/mysqld/mysqld.sock)/mattermost' --fix-unicode --dry-run
  migration-assist mysql --config /opt/mattermost/config/config.json > mysql.output
  migration-assist mysql 'mmuser@tcp(localhost)/mattermost' --full-schema-check --save-diff diff
  migration-assist mysql --dump mattermost.sql.gz --schema-report report.json

DSNs:
  user:password@tcp(host:port)/database, user:password@unix(/socket)/database, or a mysql:// URL
  ?tls=true asks for TLS, &tls-ca=/path/ca.pem names the authority

Exit status:
  0    nothing wrong
  1    there are findings
  2    it could not work
  130  interrupted";

/// The arguments of `mysql`.
#[derive(Debug, Args)]
pub struct MysqlArgs {
    /// The MySQL or MariaDB database
    #[arg(value_name = "DSN")]
    pub dsn: Option<String>,
    /// Where else the DSN may stand.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Where the applied-migrations document goes
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace an existing file without asking
    #[arg(long)]
    pub force: bool,
    /// Also write a report that can be given away: schema, sizes and findings, no value of any cell
    #[arg(long, value_name = "FILE")]
    pub schema_report: Option<PathBuf>,
    /// Which products.
    #[command(flatten)]
    pub products: ProductsArgs,
    /// Whether to compare the schema.
    #[command(flatten)]
    pub schema: SchemaArgs,
    /// A dump in the server's place.
    #[command(flatten)]
    pub dump: DumpArgs,
    /// What to repair.
    #[command(flatten)]
    pub fix: FixArgs,
}

/// What `mysql` repairs.
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
    /// Shorten or remove what is longer than PostgreSQL's columns take
    #[arg(long)]
    pub fix_varchar: bool,
    /// Make JSON of what is empty or a bare null where JSON is needed
    #[arg(long)]
    pub fix_json: bool,
    /// Fill in NULL where PostgreSQL refuses it
    #[arg(long)]
    pub fix_nulls: bool,
    /// Every repair there is
    #[arg(long, value_name = "WHAT", value_parser = ["all"])]
    pub fix: Option<String>,
    /// What to do with text too long for a column: delete, truncate, null or keep
    #[arg(long, value_name = "TABLE.COLUMN=ACTION")]
    pub on_overflow: Vec<String>,
    /// Only say what the repairs would do
    #[arg(long)]
    pub dry_run: bool,
    /// Where everything that a repair alters is written first
    #[arg(long, value_name = "FILE", default_value = "quarantine.jsonl")]
    pub quarantine: PathBuf,
    /// Put back what a quarantine file holds
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "fix_artifacts", "fix_unicode", "fix_varchar", "fix_json", "fix_nulls", "fix", "dry_run"
        ]
    )]
    pub undo: Option<PathBuf>,
}
