//! Reports for readers: the text of reports, and a page that can be forwarded, from the JSON of commands.

mod acceptable;
mod check_report;
mod comparison;
mod cutover_plan;
mod difference_file;
mod findings;
mod forwardable;
mod html;
mod page;
mod pgloader_note;
mod saved;
mod schema_report;
mod surroundings;
mod tables;
mod timeline;
mod verdict;

pub use cutover_plan::{FREEZE_COSTS, Plan};
pub use page::page;
pub use saved::{Error, SavedReport};
pub use schema_report::SchemaReport;
pub use surroundings::session_lines;
