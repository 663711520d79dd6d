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
    /// An amount with which pgloader would wait for ever.
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
    /// The next step, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoDatabase(_) => Some("write the database's name after the last `/` of the DSN"),
            Self::Inexpressible { .. } | Self::Schema(_) => {
                Some("run `migration-assist copy`, which needs no pgloader")
            }
            Self::TooFew { .. } | Self::Template(_) => None,
        }
    }
}
