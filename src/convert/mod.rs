//! Turns the cells of a MySQL row into a line of PostgreSQL's COPY, without a server in sight.
//!
//! A value passes as it is, or a named [`Transform`] makes it fit, or a named [`Reason`] says why it
//! cannot. Which conversion a column takes is derived from the types on both sides. Cells are what
//! the text protocol delivers, in UTF-8 (`SET NAMES utf8mb4`) and with the session in UTC.

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
pub use policy::{EmptyJson, JsonNull, LoneSurrogates, NulCharacters, Overflow, Policy, PolicyOf};
pub use reason::Reason;
pub use row::Failure;
