//! What stops the copy of a table, according to the conversion's plan.

use crate::convert::{Obstacle, Policy, TablePlan};
use crate::models::Models;
use crate::schema::Table;

/// The obstacles of one table.
#[derive(Debug, Default)]
pub(crate) struct Obstacles(Vec<Obstacle>);

impl Obstacles {
    /// Plans the conversion of the table to its counterpart, if it has one.
    pub(crate) fn of(table: &Table, models: &Models<'_>) -> Self {
        let Some(counterpart) = models.counterpart(&table.name) else { return Self::default() };
        let plan =
            TablePlan::new(table, counterpart.target, counterpart.catalog, |_| Policy::default());
        Self(plan.err().map(|error| error.obstacles).unwrap_or_default())
    }

    /// Whether the target needs a value for that column, which the source lacks.
    pub(crate) fn needs_value(&self, name: &str) -> bool {
        self.0.iter().any(|obstacle| {
            matches!(obstacle, Obstacle::NotFed { column } if column.eq_ignore_ascii_case(name))
        })
    }

    /// Whether there is no conversion from that column to the target's.
    pub(crate) fn cannot_convert(&self, name: &str) -> bool {
        self.0.iter().any(
            |obstacle| matches!(obstacle, Obstacle::NotConvertible { column, .. } if column == name),
        )
    }
}
