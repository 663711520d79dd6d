//! One table's part of the work.

use super::Definition;
use crate::convert::{ColumnPlan, TablePlan};
use crate::ledger::TableRecord;
use crate::mysql::{Range, RangeKey, TableSize};
use crate::schema::Table;
use crate::source::Part;
use crate::sql::Dialect::{MySql, Postgres};

/// A table to copy.
#[derive(Debug, Clone)]
pub struct TableWork {
    /// How its rows are carried over.
    pub plan: TablePlan,
    /// About how much it holds.
    pub size: TableSize,
    /// The key by which it can be parted.
    pub key: RangeKey,
    /// The places of the primary key's columns in the plan.
    pub key_places: Vec<usize>,
    /// Its parts; none before it is known where to part it.
    pub parts: Vec<TablePart>,
    /// Whether an earlier run has begun with it.
    pub resumed: bool,
    /// Whether the target's rows go first.
    pub empty_first: bool,
    /// Whether those rows are only what the migrations inserted.
    pub only_seeds: bool,
    /// The columns of the target's primary key.
    pub target_key: Vec<String>,
    /// The indexes that are absent meanwhile.
    pub definitions: Vec<Definition>,
}

/// A part of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePart {
    /// Its number, from 0.
    pub number: i32,
    /// Which rows it has.
    pub rows: Part,
    /// Whether they are copied.
    pub is_done: bool,
}

impl TableWork {
    pub(super) fn new(plan: TablePlan, source: &Table, size: TableSize) -> Self {
        let place = |name: &String| plan.columns.iter().position(|column| column.source == *name);
        let key_places = source.primary_key().iter().filter_map(place).collect();
        Self {
            plan,
            size,
            key: RangeKey::of(source),
            key_places,
            parts: Vec::new(),
            resumed: false,
            empty_first: false,
            only_seeds: false,
            target_key: Vec::new(),
            definitions: Vec::new(),
        }
    }

    /// Takes over the parts of an earlier run; `false` if their bounds cannot be read.
    pub(super) fn resume(&mut self, record: &TableRecord) -> bool {
        let parts = record.parts.iter().map(|it| {
            let rows = Part::decode(it.bounds.lower.as_deref(), it.bounds.upper.as_deref())?;
            Some(TablePart { number: it.number, rows, is_done: it.done.is_some() })
        });
        let Some(parts) = parts.collect() else { return false };
        self.parts = parts;
        self.resumed = true;
        true
    }

    /// Whether no run has begun with it.
    #[must_use]
    pub fn is_new(&self) -> bool {
        !self.resumed
    }

    /// The statement that reads a part of it.
    #[must_use]
    pub fn select(&self, range: &Range) -> String {
        let columns: Vec<_> = self.plan.columns.iter().map(ColumnPlan::selected).collect();
        let columns = if columns.is_empty() { "1".to_owned() } else { columns.join(", ") };
        let mut sql = format!("SELECT {columns} FROM {}", MySql.identifier(&self.plan.source));
        if let Some(condition) = self.key.condition(range) {
            sql.push_str(" FORCE INDEX (PRIMARY) WHERE ");
            sql.push_str(&condition);
        }
        sql
    }

    /// The statement that writes rows of it.
    #[must_use]
    pub fn copy_statement(&self, schema: &str) -> String {
        let table = Postgres.qualified(schema, &self.plan.target);
        let columns = Postgres.identifiers(self.plan.target_columns());
        format!("COPY {table} ({columns}) FROM STDIN")
    }
}
