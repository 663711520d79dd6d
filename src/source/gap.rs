//! What a dump does not tell of the rows that are to be read.

use serde::Serialize;

use crate::convert::{ColumnPlan, TablePlan};
use crate::dump::Gaps;
use crate::schema::Kind;

/// Something that a dump does not tell of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DumpGap {
    /// The values of a column.
    #[error("the dump gives no values for column `{0}`")]
    Column(String),
    /// When something was: points in time are not in UTC.
    #[error("the dump does not say in UTC when something was")]
    TimeZone,
}

impl DumpGap {
    /// All of it, as far as a table's plan goes.
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
