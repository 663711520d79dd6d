//! `cutover`: the flags of the switch, and of the way back.

use std::path::PathBuf;

use clap::Args;

use super::TargetArgs;

pub(super) const EXAMPLES: &str = "\
Before it changes the configuration, it asks the source whether it is frozen, who is connected, and \
whether it was written since the proof, and looks for a running Mattermost on this machine.

Without --yes, and without a yes typed on a terminal, nothing is changed: what would be is shown, and \
the status is 1. --yes does not answer the questions about what was found: each has its own flag. \
The old configuration is kept next to the new one.

Examples:
  migration-assist cutover --config /opt/mattermost/config/config.json --plan
  migration-assist cutover --freeze \\
    --config /opt/mattermost/config/config.json
  migration-assist cutover --config /opt/mattermost/config/config.json \\
      --postgres 'postgres://mmuser:secret@db:5432/mattermost?sslmode=require'
  migration-assist cutover --config /opt/mattermost/config/config.json --undo
  migration-assist cutover --config-in-database --yes

Exit status:
  0    done, or nothing to do, and nothing that was looked at (it is listed) names MySQL
  1    refused, not confirmed, not effective, or something else still names MySQL
  2    the command failed; nothing is half done
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `cutover`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct CutoverArgs {
    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The PostgreSQL database, as Mattermost is to use it
    #[arg(long, value_name = "DSN")]
    pub postgres: Option<String>,
    /// Other places of its DSN.
    #[command(flatten)]
    pub target: TargetArgs,
    /// The schema that Mattermost's tables live in
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub schema: String,
    /// A replica of the PostgreSQL database; can be given several times
    #[arg(long, value_name = "DSN")]
    pub replica: Vec<String>,
    /// The MySQL or MariaDB database [default: the one in the configuration]
    #[arg(long, value_name = "DSN")]
    pub mysql: Option<String>,
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
    /// Print the whole move of this workspace, step by step
    #[arg(long, conflicts_with_all = ["freeze", "undo"])]
    pub plan: bool,
    /// Make the MySQL server read only until --undo
    #[arg(long, conflicts_with = "undo")]
    pub freeze: bool,
    /// Put back what a cutover and --freeze changed
    #[arg(long)]
    pub undo: bool,
    /// Change the configuration, freeze or undo without asking
    #[arg(long, short)]
    pub yes: bool,
    /// What to accept.
    #[command(flatten)]
    pub accept: AcceptArgs,
    /// What else to look at on this machine.
    #[command(flatten)]
    pub machine: MachineArgs,
}

/// The states in which a switch is refused unless they are accepted.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Accepted states")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct AcceptArgs {
    /// Switch although it is not proven that PostgreSQL has everything
    #[arg(long)]
    pub unproven: bool,
    /// Switch although MySQL was written since the proof; those writes are left behind
    #[arg(long)]
    pub accept_written: bool,
    /// Switch although the source cannot be asked
    #[arg(long)]
    pub accept_unreachable: bool,
    /// Switch, or undo, although Mattermost runs
    #[arg(long)]
    pub accept_running: bool,
}

impl MachineArgs {
    /// The unit to name where none was found.
    #[must_use]
    pub fn unit_name(&self) -> &str {
        self.unit.as_deref().unwrap_or("mattermost")
    }
}

/// Where Mattermost keeps its configuration.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct ConfigArgs {
    /// Mattermost's config.json
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The configuration is in the database (`MM_CONFIG` is a DSN): change the target's
    #[arg(long)]
    pub config_in_database: bool,
}

/// What on this machine may still name MySQL.
#[derive(Debug, Args)]
#[command(next_help_heading = "This machine")]
pub struct MachineArgs {
    /// Unit that starts Mattermost [default: every unit whose name or command is Mattermost's]
    #[arg(long, value_name = "NAME")]
    pub unit: Option<String>,
    /// Directory of units [default: those of systemd and Podman]; can be repeated
    #[arg(long, value_name = "DIR")]
    pub unit_dir: Vec<PathBuf>,
    /// File that gives Mattermost variables: a file of variables, a compose file, a manifest, a
    /// script; can be repeated
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
    /// Where this machine's files are
    #[arg(long, value_name = "DIR", default_value = "/", hide = true)]
    pub root: PathBuf,
}
