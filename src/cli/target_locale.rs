//! The flag of the target's locale.

use clap::Args;

/// Accepted properties of the target's locale.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct TargetLocaleArgs {
    /// Accept a ctype without case for letters outside ASCII: search then distinguishes their case
    #[arg(long)]
    pub accept_ctype: bool,
}
