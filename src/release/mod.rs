//! Which migrations each Mattermost release has applied, and the document that carries such a set.

mod document;
mod set;
mod table;

pub use document::{Document, DocumentError};
pub use set::{MigrationSet, SetError};
pub use table::{Match, Release, ReleaseError, newest, release_range, releases, resolve};
