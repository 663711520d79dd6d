//! `follow`: the flags of following the source's binary log.

use std::path::PathBuf;

use clap::Args;

use super::{OnErrorArg, SidesArgs};

pub(super) const EXAMPLES: &str = "\
Applies what is written to the source since `copy --live` began, until it is interrupted. The \
position is kept in the target, with the rows: after any interruption the same command \
continues. Do not upgrade Mattermost or its plugins meanwhile: a statement that changes a \
followed table stops the command.

The source has to log rows (binlog_format ROW, binlog_row_image FULL), and the account needs \
the right to replicate, which `copy --live` and this command name if it is missing.

Examples:
  migration-assist copy --live
  migration-assist follow
  migration-assist follow --until-caught-up --format json
  migration-assist follow --finish

Exit status:
  0    caught up with --until-caught-up, or another command
       took over
  1    stopped at a change of a table, or at a row that does
       not fit
  2    the command failed; what was applied is kept
  130  interrupted (129 by SIGHUP, 143 by SIGTERM); the same
       command continues";

/// The arguments of `follow`.
#[derive(Debug, Args)]
pub struct FollowArgs {
    /// Both databases.
    #[command(flatten)]
    pub sides: SidesArgs,
    /// Exit when the target is at most two seconds behind
    #[arg(long)]
    pub until_caught_up: bool,
    /// Catch up with a source that is frozen, and build the foreign keys
    #[arg(long)]
    pub finish: bool,
    /// Action for a row that does not fit: stop or quarantine
    #[arg(long, value_name = "WHAT", default_value = "stop", hide_possible_values = true)]
    pub on_error: OnErrorArg,
    /// File that receives the original of every changed value, before the change
    #[arg(long, value_name = "FILE", default_value = "quarantine.jsonl")]
    pub quarantine: PathBuf,
}
