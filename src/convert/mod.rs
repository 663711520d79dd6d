//! Converts the cells of a MySQL row to a line of PostgreSQL's COPY, without a server.
//!
//! A value stays unchanged, or a [`Transform`] makes it fit, or a [`Reason`] explains why it cannot. The
//! conversion of a column follows from the types on both sides. Cells have the form of the text protocol,
//! in UTF-8 (`SET NAMES utf8mb4`) and with the session in UTC.

mod canonical;
mod change;
mod column;
mod conversion;
pub mod copy_text;
mod events;
pub mod json;
mod line;
mod local_time;
mod plan;
mod policy;
mod reason;
mod row;
pub mod scalar;
pub mod search_text;
pub mod text;
mod transformer;

pub use change::{Change, Transform};
pub use column::{ColumnPlan, Outcome};
pub use events::{Altered, Events, Originals};
pub use line::{LargeLine, Line};
pub use local_time::{
    AmbiguousTimes, ColumnZone, LocalTimes, RowTimes, TimeZones, local_milliseconds,
};
pub use plan::{NotPlannable, Obstacle, TablePlan};
pub use policy::{
    EmptyJson, InvalidUtf8, JsonNull, LoneSurrogates, NulCharacters, Overflow, ParentKeys, Policy,
    PolicyOf, Replacement, SearchText,
};
pub use reason::Reason;
pub use row::Failure;
