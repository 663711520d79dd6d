//! What pgloader's language cannot say.

use super::uri::Part;

/// Why a configuration cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A DSN that names no database.
    #[error("the {0} DSN names no database")]
    NoDatabase(&'static str),
    /// A part of a DSN with characters that pgloader's grammar has no way to write.
    #[error("pgloader cannot be given the {part} of the {server} DSN: {reason}")]
    Inexpressible {
        /// Which server's DSN.
        server: &'static str,
        /// Which part of it.
        part: Part,
        /// What pgloader takes instead.
        reason: &'static str,
    },
    /// A schema whose name needs quotes, for which pgloader changes the database's `search_path`.
    #[error(
        "pgloader cannot load into the schema `{0}`: it takes lower-case letters, digits and `_` \
         only, and changes the database's `search_path` for any other name"
    )]
    Schema(String),
    /// An amount of memory or workers with which pgloader does nothing.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    /// A template that does not render, which is a defect of this program.
    #[error("the pgloader template cannot be rendered")]
    Template(#[from] tera::Error),
}
