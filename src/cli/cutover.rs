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
  migration-assist cutover --live \\
    --config /opt/mattermost/config/config.json \\
    --start-command 'systemctl restart mattermost'

Exit status:
  0    done, or nothing to do, and nothing that was looked
       at (it is listed) names MySQL
  1    refused, not confirmed, not effective, or something
       else still names MySQL
  2    the command failed; nothing is half done
  130  interrupted (129 by SIGHUP, 143 by SIGTERM)";

/// The arguments of `cutover`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct CutoverArgs {
    /// The configuration to change.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// PostgreSQL database, as Mattermost will use it
    #[arg(long, value_name = "DSN")]
    pub postgres: Option<String>,
    /// Other ways to give its DSN.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Schema of Mattermost's tables
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub schema: String,
    /// Replica of the PostgreSQL database; can be repeated
    #[arg(long, value_name = "DSN")]
    pub replica: Vec<String>,
    /// MySQL or MariaDB database [default: the one in the configuration]
    #[arg(long, value_name = "DSN")]
    pub mysql: Option<String>,
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
    /// Print the steps of this workspace's migration; with --live, of the switch, and its expected time
    #[arg(long, conflicts_with_all = ["freeze", "undo"])]
    pub plan: bool,
    /// Make the MySQL server read only until --undo
    #[arg(long, conflicts_with = "undo")]
    pub freeze: bool,
    /// Switch a source that `follow` follows while Mattermost runs: freeze it, apply and compare the last
    /// changes, and switch; the source is released if anything is in the way
    #[arg(long, conflicts_with_all = ["freeze", "undo"])]
    pub live: bool,
    /// Command that starts Mattermost after a live switch, such as 'systemctl restart mattermost'
    #[arg(long, value_name = "COMMAND", requires = "live")]
    pub start_command: Option<String>,
    /// Longest time in seconds that a live switch may stop writes before it gives up
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "live")]
    pub stop_limit: u64,
    /// File that receives the original of every value that a live switch changes, before the change
    #[arg(long, value_name = "FILE", default_value = "quarantine.jsonl", requires = "live")]
    pub quarantine: PathBuf,
    /// Put back what a cutover and --freeze changed
    #[arg(long)]
    pub undo: bool,
    /// Change the configuration, freeze or undo without asking
    #[arg(long, short)]
    pub yes: bool,
    /// The accepted states.
    #[command(flatten)]
    pub accept: AcceptArgs,
    /// Other files and units to look at.
    #[command(flatten)]
    pub machine: MachineArgs,
}

/// The states in which a switch is refused unless they are accepted.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Accepted states")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct AcceptArgs {
    /// Switch without a proof that PostgreSQL has all rows
    #[arg(long)]
    pub unproven: bool,
    /// Switch although MySQL was written after the proof; those writes are lost to PostgreSQL
    #[arg(long)]
    pub accept_written: bool,
    /// Switch although the source cannot be reached
    #[arg(long)]
    pub accept_unreachable: bool,
    /// Switch, or undo, while Mattermost is running
    #[arg(long)]
    pub accept_running: bool,
}

/// The place of Mattermost's configuration.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct ConfigArgs {
    /// Mattermost's config.json
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Change the configuration in the target database (`MM_CONFIG` is a DSN)
    #[arg(long)]
    pub config_in_database: bool,
}

/// Places on this machine that might still name MySQL.
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
    /// Root of this machine's files
    #[arg(long, value_name = "DIR", default_value = "/", hide = true)]
    pub root: PathBuf,
}
