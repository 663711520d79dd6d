//! The flags about local times of the source.

use clap::{Args, ValueEnum};

use crate::time_zone::TimeZone;

/// The conversion of the source's local times.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Local times")]
pub struct TimeZoneArgs {
    /// Time zone in which the source's `datetime` values were written, such as Europe/Berlin, +09:00 or
    /// UTC; rows with `update_at` or `create_at` are checked against it [default: that of the copy that
    /// has begun, or as the rows show]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub source_time_zone: Option<TimeZone>,
    /// Meaning of a local time in a repeated or skipped hour, if its row does not show it:
    /// earlier or later [default: that of the copy that has begun, or stop]
    #[arg(long, value_name = "WHICH", hide_possible_values = true)]
    pub ambiguous_times: Option<AmbiguousTimesArg>,
}

/// The choice between two instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AmbiguousTimesArg {
    /// The earlier one
    Earlier,
    /// The later one
    Later,
}
