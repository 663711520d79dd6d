//! Turns the cells of a MySQL row into a line of PostgreSQL's COPY, without a server in sight.
//!
//! A value passes as it is, or a named `Transform` makes it fit, or a named [`Reason`] says why it
//! cannot. Which conversion a column takes is derived from the types on both sides. Cells are what
//! the text protocol delivers, in UTF-8 (`SET NAMES utf8mb4`) and with the session in UTC.

pub mod copy_text;
pub mod json;
mod reason;
pub mod scalar;
pub mod text;

pub use reason::Reason;
