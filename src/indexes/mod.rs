//! The target's indexes: finding and building the missing ones, and other work that a load leaves out.

mod accent_insensitive;
mod build;
mod missing;
mod other_session;
mod oversized;
mod rebuild;
mod refresh;

pub use accent_insensitive::{AccentObstacle, AccentPlan, create_accents, plan_accents};
pub use build::{BuildOptions, BuildReport, Built, FailedIndex, Others, build};
pub use missing::{Scope, guards, missing};
pub use oversized::Oversized;
pub use rebuild::OtherConfiguration;
pub(crate) use refresh::ANALYZE;
pub use refresh::{RefreshReport, refresh};
