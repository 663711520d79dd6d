//! The conversion plan of a table: pairs of source and target columns.

use super::conversion::Conversion;
use super::{ColumnPlan, ColumnZone, Policy, RowTimes, TimeZones};
use crate::schema::{Catalog, Column, ColumnType, Table};

/// How the rows of a table are converted.
#[derive(Debug, Clone)]
pub struct TablePlan {
    /// The table's name in the source.
    pub source: String,
    /// The table's name in the target.
    pub target: String,
    /// The columns that both sides have, in the target's order: the order of the cells and of COPY.
    pub columns: Vec<ColumnPlan>,
    /// Columns of the source without a counterpart.
    pub source_only: Vec<String>,
    /// Columns of the target without a counterpart; each has a default or is nullable.
    pub target_only: Vec<String>,
    /// The positions of the instants of a row, if local times depend on them.
    pub(super) row_times: Option<[Option<usize>; 2]>,
}

/// Why a table cannot be converted at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("cannot convert table `{table}`: {}", list(obstacles))]
pub struct NotPlannable {
    /// The table's name in the source.
    pub table: String,
    pub obstacles: Vec<Obstacle>,
}

fn list(obstacles: &[Obstacle]) -> String {
    obstacles.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Why a column cannot be converted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no conversion between the types.
    #[error("column `{column}` is `{source_type}` in the source and `{target_type}` in the target")]
    NotConvertible {
        /// The column's name in the source.
        column: String,
        source_type: ColumnType,
        target_type: ColumnType,
    },
    /// The time zone of the column's values is unknown.
    #[error(
        "the time zone of the values in column `{column}` is unknown: add `--source-time-zone ZONE`"
    )]
    TimeZoneUnknown {
        /// The column's name in the source.
        column: String,
    },
    /// The target's column needs a value that the source does not have.
    #[error("column `{column}` of the target needs a value and the source has none")]
    NotFed {
        /// The column's name in the target.
        column: String,
    },
}

impl TablePlan {
    /// Plans a table: columns are paired by name in any letter case, and conversions follow from the types on
    /// both sides. `target_catalog` has the target's enumerated types; `policy_of` gives the policy for each
    /// column of the target.
    pub fn new(
        source: &Table,
        target: &Table,
        target_catalog: &Catalog,
        policy_of: impl Fn(&Column) -> Policy,
    ) -> Result<Self, NotPlannable> {
        let mut plan = Self {
            source: source.name.clone(),
            target: target.name.clone(),
            columns: Vec::with_capacity(target.columns.len()),
            source_only: missing_from(target, source),
            target_only: missing_from(source, target),
            row_times: None,
        };
        let mut obstacles = Vec::new();
        for to in &target.columns {
            match source.column(&to.name) {
                Some(from) => match plan_column(from, to, target_catalog, policy_of(to)) {
                    Some(column) => plan.columns.push(column),
                    None => obstacles.push(Obstacle::NotConvertible {
                        column: from.name.clone(),
                        source_type: from.data_type.clone(),
                        target_type: to.data_type.clone(),
                    }),
                },
                None if to.not_null && to.default.is_none() => {
                    obstacles.push(Obstacle::NotFed { column: to.name.clone() });
                }
                None => {}
            }
        }
        if obstacles.is_empty() {
            Ok(plan)
        } else {
            Err(NotPlannable { table: plan.source, obstacles })
        }
    }

    /// Sets the time zones in which the source's local times were written.
    pub fn with_time_zones(mut self, zones: &TimeZones) -> Result<Self, NotPlannable> {
        let mut obstacles = Vec::new();
        for column in &mut self.columns {
            match zones.of(&self.source, &column.source) {
                // A dump without `TIME_ZONE` may contain a `timestamp` in any zone.
                Some(ColumnZone::Known(times))
                    if !times.zone.is_utc() || times.by_row || column.is_timestamp() =>
                {
                    column.conversion = column.conversion.clone().with_local_times(times.clone());
                }
                Some(ColumnZone::Known(_)) | None => {}
                Some(ColumnZone::Unknown) => {
                    obstacles.push(Obstacle::TimeZoneUnknown { column: column.source.clone() });
                }
            }
        }
        if self.columns.iter().any(ColumnPlan::has_local_times) {
            let columns = self.columns.iter();
            let columns = columns.map(|it| (it.source.as_str(), it.source_type.kind()));
            self.row_times = Some(RowTimes::places(columns));
        }
        if obstacles.is_empty() {
            Ok(self)
        } else {
            Err(NotPlannable { table: self.source, obstacles })
        }
    }

    /// The source's names of the columns, in the order of the cells.
    pub fn source_columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.source.as_str())
    }

    /// The target's names of the columns, in the order of COPY.
    pub fn target_columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.target.as_str())
    }
}

fn plan_column(
    from: &Column,
    to: &Column,
    target_catalog: &Catalog,
    policy: Policy,
) -> Option<ColumnPlan> {
    let (source_type, target_type) = (from.data_type.clone(), to.data_type.clone());
    let enums = &target_catalog.enums;
    let conversion = Conversion::between(&source_type, &target_type, enums)?;
    Some(ColumnPlan {
        source: from.name.clone(),
        target: to.name.clone(),
        source_type,
        target_type,
        not_null: to.not_null,
        policy,
        conversion,
    })
}

/// The columns of `table` that `other` does not have.
fn missing_from(other: &Table, table: &Table) -> Vec<String> {
    let names = table.columns.iter().map(|column| &column.name);
    names.filter(|name| other.column(name).is_none()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{NotPlannable, Obstacle, TablePlan};
    use crate::convert::Policy;
    use crate::schema::{Catalog, Column, ColumnType, Table};

    fn table(name: &str, columns: Vec<Column>) -> Table {
        Table { name: name.to_owned(), columns, ..Table::default() }
    }

    fn plan(source: Vec<Column>, target: Vec<Column>) -> Result<TablePlan, NotPlannable> {
        let (source, target) = (table("Posts", source), table("posts", target));
        TablePlan::new(&source, &target, &Catalog::default(), |_| Policy::default())
    }

    #[test]
    fn columns_are_paired_by_name_in_the_target_s_order() {
        let source =
            ["Message", "Id", "ParentId"].map(|name| Column::of(name, ColumnType::mysql("text")));
        let target = ["id", "remoteid", "message"]
            .map(|name| Column::of(name, ColumnType::postgres("text")));
        let plan = plan(source.to_vec(), target.to_vec()).expect("a plan");
        assert_eq!(plan.source_columns().collect::<Vec<_>>(), ["Id", "Message"]);
        assert_eq!(plan.target_columns().collect::<Vec<_>>(), ["id", "message"]);
        assert_eq!(
            (plan.source_only, plan.target_only),
            (vec!["ParentId".to_owned()], vec!["remoteid".to_owned()])
        );
    }

    #[test]
    fn all_that_stands_in_the_way_is_named() {
        let source = vec![Column::of("CreateAt", ColumnType::mysql("text"))];
        let created = Column::of("createat", ColumnType::postgres("bigint"));
        let mut edited = Column::of("editat", ColumnType::postgres("bigint"));
        edited.not_null = true;
        let error =
            plan(source.clone(), vec![created.clone(), edited.clone()]).expect_err("obstacles");
        assert_eq!(error.table, "Posts");
        assert_eq!(
            error.to_string(),
            "cannot convert table `Posts`: \
             column `CreateAt` is `text` in the source and `bigint` in the target; \
             column `editat` of the target needs a value and the source has none"
        );
        edited.default = Some("0".to_owned());
        let error = plan(source, vec![created, edited]).expect_err("an obstacle");
        assert!(matches!(error.obstacles[..], [Obstacle::NotConvertible { .. }]));
    }
}
