//! What a dump lacks about the rows to be read.

use schemars::JsonSchema;
use serde::Serialize;

use crate::convert::{ColumnPlan, TablePlan};
use crate::dump::Gaps;
use crate::schema::Kind;

/// Something that a dump lacks about the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DumpGap {
    /// The values of a column.
    #[error("the dump gives no values for column `{0}`")]
    Column(String),
    /// The time zone: points in time are not in UTC.
    #[error("the dump does not say in UTC when something was")]
    TimeZone,
}

impl DumpGap {
    /// All gaps that affect the plan of a table.
    #[must_use]
    pub fn of(plan: &TablePlan, gaps: &Gaps) -> Vec<Self> {
        let columns = plan.columns.iter().map(|column| &column.source);
        let left_out = columns.filter(|&column| gaps.columns.contains(column));
        let is_unknown = |column: &ColumnPlan| {
            let is_timestamp = *column.source_type.kind() == Kind::Timestamp { time_zone: true };
            is_timestamp && !column.has_local_times()
        };
        let is_unknown = !gaps.is_utc() && plan.columns.iter().any(is_unknown);
        let zone = is_unknown.then_some(Self::TimeZone);
        left_out.cloned().map(Self::Column).chain(zone).collect()
    }
}
