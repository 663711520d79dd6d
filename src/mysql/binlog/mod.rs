//! The source's binary log: what was written after a position, as the text protocol would spell it.
//!
//! [`Follower`] is a connection that receives events; `decoder` reduces them to [`LogEvent`]s, `rows` reads
//! row images by the `layout` of the catalog, and `column` spells their cells. Anything that is not
//! understood is an error with its position. Nothing is skipped unless it cannot concern the followed
//! database.
//!
//! Of the driver, only the connection and the framing of events are used. Row images, table maps and binary
//! JSON are read here: the driver's own readers take unsigned numbers for signed ones without the log's
//! metadata, do not extend the sign of a `mediumint`, sort the keys of JSON and lose parts of its numbers.

mod character_set;
mod code;
mod column;
mod decoder;
mod error;
mod event;
mod follower;
mod json;
mod layout;
mod log_files;
mod number;
mod obstacle;
mod payload;
mod place;
mod position;
mod query;
mod raw_event;
mod reader;
mod requirements;
mod rows;
mod statement;
mod storage;
mod table_map;
mod tables;
mod temporal;

pub use decoder::LogFile;
pub use error::Error;
pub use event::{LogCell, LogEvent, RowChange, RowChanges};
pub use follower::{Follower, LogStart};
pub use log_files::{bytes_behind, log_files};
pub use obstacle::{Obstacle, longer_retention};
pub use position::{Position, PositionParseError};
pub use requirements::{LogRetention, log_retention, read_obstacles, read_requirements};
