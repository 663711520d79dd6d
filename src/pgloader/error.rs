//! Why a configuration cannot be written.

use super::uri::Part;

/// Why a configuration cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The DSN contains no database name.
    #[error("the {0} DSN names no database")]
    NoDatabase(&'static str),
    /// A part of a DSN that pgloader's grammar cannot express.
    #[error("pgloader cannot be given the {part} of the {server} DSN: {reason}")]
    Inexpressible {
        server: &'static str,
        part: Part,
        /// What pgloader supports instead.
        reason: &'static str,
    },
    /// A schema whose name needs quotes, for which pgloader changes the database's `search_path`.
    #[error(
        "pgloader cannot load into the schema `{0}`: it takes lower-case letters, digits and `_` \
         only, and changes the database's `search_path` for any other name"
    )]
    Schema(String),
    /// A number with which pgloader would wait forever.
    #[error("pgloader needs at least {least} {name}")]
    TooFew {
        /// What there is too little of.
        name: &'static str,
        /// How much it needs.
        least: u32,
    },
    /// A template that does not render, which is a defect of this program.
    #[error("the pgloader template cannot be rendered")]
    Template(#[from] tera::Error),
}

impl Error {
    /// The next step.
    #[must_use]
    #[expect(clippy::unnecessary_wraps, reason = "the same form for the errors of all modules")]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoDatabase(_) => Some("write the database's name after the last `/` of the DSN"),
            Self::Inexpressible { .. } | Self::Schema(_) => {
                Some("run `migration-assist copy`, which needs no pgloader")
            }
            Self::TooFew { .. } => Some(
                "leave out the flag, so that pgloader gets the default; `migration-assist help pgloader` lists them",
            ),
            Self::Template(_) => Some("run `migration-assist copy`, which needs no pgloader"),
        }
    }
}
