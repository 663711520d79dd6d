//! Decisions about what does not fit: flags of every command that meets it.

use clap::Args;

/// What was decided about values, rows, tables and columns that do not fit.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Decisions")]
pub struct DecisionArgs {
    /// Policy for text that is too long for a column: truncate, truncate-words, truncate-name, empty,
    /// null, delete or keep
    #[arg(long, value_name = "TABLE.COLUMN=POLICY")]
    pub on_overflow: Vec<String>,
    /// Action for values that a column cannot hold: null, nearest, mark-nul, shorten or value:TEXT
    /// replace the value, delete removes the row
    #[arg(long, value_name = "TABLE.COLUMN=ACTION")]
    pub on_invalid: Vec<String>,
    /// Skip the rows of a finding, such as too-long:Posts.FileIds, and keep them in the quarantine
    #[arg(long, value_name = "RULE:TABLE.COLUMN")]
    pub leave_out: Vec<String>,
    /// Skip tables of no known product, or columns that the target does not have
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub leave_behind: Vec<String>,
    /// Also copy tables of no known product, into new tables with the same columns
    #[arg(long)]
    pub copy_unknown: bool,
    /// Make the changes that need no decision while copying; the source is not modified
    #[arg(long)]
    pub fix_in_flight: bool,
}
