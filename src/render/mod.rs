//! Reports for readers: the text of reports, and a page that can be forwarded, from the JSON of commands.

mod acceptable;
mod built_indexes;
mod check_report;
mod columns;
mod compared;
mod comparison;
mod copied;
mod cutover_plan;
mod difference_file;
mod findings;
mod following;
mod forwardable;
mod html;
mod migration;
mod page;
mod pgloader_note;
mod saved;
mod schema_report;
mod session_limits;
mod source_tables;
mod surroundings;
mod tables;
mod target;
mod text_search;
mod timeline;
mod verdict;

pub(crate) use built_indexes::built_lines;
pub(crate) use compared::{difference_line, extent};
pub use cutover_plan::{FREEZE_COSTS, Plan};
pub(crate) use following::{ending_log_lines, refusal_lines, unknown_table_lines};
pub use page::page;
pub use saved::{Error, SavedReport};
pub use schema_report::SchemaReport;
pub use surroundings::session_lines;
pub(crate) use target::{database_line, migration_lines, skew_lines};
pub(crate) use text_search::{created_line, other_index_lines};
