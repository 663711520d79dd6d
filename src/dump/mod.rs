//! Dumps of `mysqldump`, `mariadb-dump` and other programs, read in one pass and with bounded memory.
//!
//! A dump is SQL text that rebuilds a database. It is read as the server would run it, as far as tables and
//! rows are concerned: definitions become a [`crate::schema::Catalog`], rows are returned one at a time as
//! slices of the buffer, and everything else is skipped. The only module that uses the decompression crates.

mod charset;
mod compression;
mod contents;
mod database;
mod definition;
mod error;
mod escape;
mod evidence;
mod header;
mod input;
mod insert;
mod lexer;
mod message;
mod part;
mod program;
mod reader;
mod record;
mod reencoding;
mod row;
mod rows;
mod session;
mod span;
mod utf8_sequences;
mod window;

pub use contents::{Contents, Gaps, TableContents};
pub use database::{Database, Unreadable};
pub use error::{DUMP_COMMAND, Error};
pub use evidence::{Evidence, has_lost_characters};
pub use header::Header;
pub use input::{Input, require_dump};
pub use message::{Cost, ReportedError};
pub use part::{Part, Parts};
pub use program::Program;
pub use reader::{Ending, Event, Reader};
pub use record::Record;
pub use reencoding::{CodePage, CodePages};
pub use row::Row;
pub use rows::{Rows, Visitor};
