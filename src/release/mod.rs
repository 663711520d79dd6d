//! The migrations of each Mattermost release, and the document that contains a set of them.

mod document;
mod set;
mod table;

pub use document::{Document, DocumentError};
pub use set::{MigrationSet, SetError};
pub use table::{Match, Release, ReleaseError, newest, release_range, releases, resolve};
