//! Reports in other forms than the terminal's: a page that can be forwarded, from the JSON of commands.

mod findings;
mod forwardable;
mod html;
mod page;
mod saved;
mod tables;
mod timeline;
mod verdict;

pub use page::page;
pub use saved::{Error, SavedReport};
