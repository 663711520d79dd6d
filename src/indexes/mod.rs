//! The target's indexes: which are missing, building them each by itself, and what else a load
//! leaves undone.

mod build;
mod missing;
mod oversized;
mod refresh;

pub use build::{BuildOptions, BuildReport, Built, FailedIndex, build};
pub use missing::{Scope, guards, missing};
pub use oversized::Oversized;
pub use refresh::{RefreshReport, refresh};
