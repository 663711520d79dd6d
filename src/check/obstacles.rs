//! What stops the copy at a table of the source, as the conversion's plan tells it.

use crate::convert::{Obstacle, Policy, TablePlan};
use crate::models::Models;
use crate::schema::Table;

/// All that stands in the way of one table.
#[derive(Debug, Default)]
pub(crate) struct Obstacles(Vec<Obstacle>);

impl Obstacles {
    /// Plans the table's way to its counterpart, if it has one.
    pub(crate) fn of(table: &Table, models: &Models<'_>) -> Self {
        let Some(counterpart) = models.counterpart(&table.name) else { return Self::default() };
        let plan =
            TablePlan::new(table, counterpart.target, counterpart.catalog, |_| Policy::default());
        Self(plan.err().map(|error| error.obstacles).unwrap_or_default())
    }

    /// Whether the target needs that column, which the source has not.
    pub(crate) fn needs_value(&self, name: &str) -> bool {
        self.0.iter().any(|obstacle| {
            matches!(obstacle, Obstacle::NotFed { column } if column.eq_ignore_ascii_case(name))
        })
    }

    /// Whether no conversion leads from that column to the target's.
    pub(crate) fn cannot_convert(&self, name: &str) -> bool {
        self.0.iter().any(
            |obstacle| matches!(obstacle, Obstacle::NotConvertible { column, .. } if column == name),
        )
    }
}
