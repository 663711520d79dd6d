//! One workspace that is migrated: the schemas that its source and its target are expected to have.

mod error;
mod known_product;
mod source_models;
mod unknown_tables;

pub use error::Error;
pub use source_models::SourceModels;
pub use unknown_tables::Unknown;
