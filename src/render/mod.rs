//! Reports for readers: the text of reports, and a page that can be forwarded, from the JSON of commands.

mod check_report;
mod comparison;
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
