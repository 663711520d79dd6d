//! The work on one table.

use super::Sample;
use super::bucket::{Digest, bucket_count};
use super::row::{Field, SpelledRow};
use super::sample::{takes_id, target_condition};
use crate::convert::{ColumnPlan, TablePlan};
use crate::mysql::{Range, RangeKey, SumForm, TableSize, TableSum};
use crate::schema::{Catalog, Table};
use crate::source::Part;
use crate::sql::Dialect::{MySql, Postgres};

/// A table to compare.
#[derive(Debug, Clone)]
pub(super) struct TableWork {
    pub(super) plan: TablePlan,
    pub(super) size: TableSize,
    /// The indexes of the key's columns in the plan; empty if a row is its own key.
    pub(super) key: Vec<usize>,
    /// The indexes of the columns that identify a row in the report.
    pub(super) name: Vec<usize>,
    /// The number of buckets of each side.
    pub(super) buckets: usize,
    /// The key by which the source is split.
    pub(super) range_key: RangeKey,
    /// For each column, whether fields that PostgreSQL printed are in canonical form.
    pub(super) printed_canonically: Vec<bool>,
    /// From this column on, all fields that PostgreSQL printed are in canonical form, and none is of the key.
    pub(super) canonical_from: usize,
    /// The parts of the source.
    pub(super) parts: Vec<Part>,
    /// The parts of the target, by their first block.
    pub(super) blocks: Vec<u64>,
    /// The indexes of all columns in the plan, in the order of the catalog, each with its form in the sum, if the
    /// readers of the source sum up the rows.
    pub(super) summed: Option<Vec<(usize, SumForm)>>,
    sample: Option<Sample>,
    /// The ids in the sample, if there is one and keys are ids.
    pub(super) sampled_ids: Vec<Range>,
}

impl TableWork {
    /// Label of the progress of the table.
    pub(super) fn label(&self) -> String {
        format!("comparing {}", self.plan.source)
    }

    pub(super) fn new(
        plan: TablePlan,
        source: &Table,
        target: &Table,
        size: TableSize,
        sample: Option<Sample>,
    ) -> Self {
        let of_target = |name: &String| plan.columns.iter().position(|it| it.target == *name);
        let of_source = |name: &String| plan.columns.iter().position(|it| it.source == *name);
        let key = places(target.primary_key(), of_target)
            .or_else(|| places(source.primary_key(), of_source))
            .or_else(|| unique_key(target).and_then(|columns| places(columns, of_target)))
            .unwrap_or_default();
        let name = if key.is_empty() { id_places(&plan) } else { key.clone() };
        let range_key = RangeKey::of(source);
        let starts_with_range_key = key
            .first()
            .zip(range_key.columns().first())
            .is_some_and(|(&place, column)| plan.columns[place].source == column.name);
        let by_id = sample.filter(|_| range_key.has_random_ids() && starts_with_range_key);
        let printed_canonically: Vec<bool> =
            plan.columns.iter().map(ColumnPlan::is_printed_canonically).collect();
        let last_other = printed_canonically.iter().rposition(|&canonical| !canonical);
        let canonical_from = key.iter().copied().chain(last_other).max().map_or(0, |last| last + 1);
        Self {
            printed_canonically,
            canonical_from,
            key,
            name,
            buckets: bucket_count(size.rows),
            range_key,
            parts: vec![Part::default()],
            blocks: vec![0],
            summed: None,
            sample,
            sampled_ids: by_id.map(Sample::id_ranges).unwrap_or_default(),
            size,
            plan,
        }
    }

    /// Has the readers of the source sum up the rows, if they read all that the sum is made of.
    pub(super) fn sum_up(&mut self, source: &Catalog) {
        let Some(source) = source.table(&self.plan.source) else { return };
        if TableSum::is_computed_from_cells(source) {
            let columns = source.columns.iter().map(|column| {
                let place = self.plan.columns.iter().position(|it| it.source == column.name)?;
                Some((place, SumForm::of(column)))
            });
            self.summed = columns.collect();
        }
    }

    /// The statement that reads a part of the source.
    pub(super) fn select(&self, range: &Range) -> String {
        let columns: Vec<_> = self.plan.columns.iter().map(ColumnPlan::selected).collect();
        let table = MySql.identifier(&self.plan.source);
        let mut sql = format!("SELECT {} FROM {table}", columns.join(", "));
        let sampled = self.sampled_ids.iter().filter_map(|ids| self.range_key.condition(ids));
        let sampled: Vec<String> = sampled.map(|condition| format!("({condition})")).collect();
        let sampled = (!sampled.is_empty()).then(|| format!("({})", sampled.join(" OR ")));
        let conditions: Vec<String> =
            self.range_key.condition(range).into_iter().chain(sampled).collect();
        if !conditions.is_empty() {
            sql.push_str(" FORCE INDEX (PRIMARY) WHERE ");
            sql.push_str(&conditions.join(" AND "));
        }
        sql
    }

    /// The statement that reads a part of the target.
    pub(super) fn copy(&self, schema: &str, part: usize) -> String {
        let table = Postgres.qualified(schema, &self.plan.target);
        let columns = Postgres.identifiers(self.plan.target_columns());
        let lower = (part > 0).then(|| format!("ctid >= '({},0)'::tid", self.blocks[part]));
        let upper = self.blocks.get(part + 1).map(|block| format!("ctid < '({block},0)'::tid"));
        let conditions: Vec<String> =
            lower.into_iter().chain(upper).chain(target_condition(self)).collect();
        if conditions.is_empty() {
            return format!("COPY {table} ({columns}) TO STDOUT");
        }
        let conditions = conditions.join(" AND ");
        format!("COPY (SELECT {columns} FROM {table} WHERE {conditions}) TO STDOUT")
    }

    /// Whether a row is compared.
    pub(super) fn takes(&self, row: &SpelledRow, digest: Digest) -> bool {
        let Some(sample) = self.sample else { return true };
        if self.sampled_ids.is_empty() {
            return sample.takes_hash(digest.key);
        }
        match self.key.first().map(|&place| row.field(place)) {
            Some(Field::Value(id)) => takes_id(&self.sampled_ids, id),
            _ => false,
        }
    }
}

/// The indexes of these columns; `None` if there are none, or one is not compared.
fn places(columns: &[String], place: impl Fn(&String) -> Option<usize>) -> Option<Vec<usize>> {
    let places: Option<Vec<usize>> = columns.iter().map(place).collect();
    places.filter(|places| !places.is_empty())
}

/// The columns of a unique index. They may not identify all rows, because NULLs are distinct.
fn unique_key(table: &Table) -> Option<&[String]> {
    let unique = |index: &&crate::schema::Index| index.unique && !index.columns.is_empty();
    table.indexes.values().find(unique).map(|index| index.columns.as_slice())
}

/// The columns with ids, which identify a row without a key in the report.
fn id_places(plan: &TablePlan) -> Vec<usize> {
    let columns = plan.columns.iter().enumerate();
    columns.filter(|(_, column)| column.source_type.is_id()).map(|(place, _)| place).collect()
}
