//! The work on one table.

use std::collections::BTreeSet;

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
    /// The conversion of its rows.
    pub plan: TablePlan,
    /// The estimated size.
    pub size: TableSize,
    /// The key by which it can be split.
    pub key: RangeKey,
    /// The indexes of the primary key's columns in the plan.
    pub key_places: Vec<usize>,
    /// The parts; empty until the table is split.
    pub parts: Vec<TablePart>,
    /// Whether an earlier run started it.
    pub resumed: bool,
    /// Whether the target's rows are deleted first.
    pub empty_first: bool,
    /// Whether those rows come from the migrations only.
    pub only_seeds: bool,
    /// The columns of the target's primary key.
    pub target_key: Vec<String>,
    /// The indexes that are removed during the copy.
    pub definitions: Vec<Definition>,
}

/// A part of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePart {
    /// The number, from 0.
    pub number: i32,
    /// The rows.
    pub rows: Part,
    /// Whether it is copied.
    pub is_done: bool,
}

impl TableWork {
    /// How many columns of text a definition sorts by: comparing texts takes most of the time of a build.
    pub(super) fn texts_in(&self, definition: &Definition) -> usize {
        let words: BTreeSet<&str> = definition
            .statement
            .rsplit('(')
            .next()
            .unwrap_or_default()
            .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
            .collect();
        let texts = self.plan.columns.iter().filter(|it| it.target_type.text_limit().is_some());
        texts.filter(|column| words.contains(column.target.as_str())).count()
    }

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

    /// Takes the parts of an earlier run; `false` if their bounds cannot be decoded.
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

    /// Whether no run has started it.
    #[must_use]
    pub fn is_new(&self) -> bool {
        !self.resumed
    }

    /// The statement that reads a part.
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

    /// The statement that writes rows.
    #[must_use]
    pub fn copy_statement(&self, schema: &str) -> String {
        let table = Postgres.qualified(schema, &self.plan.target);
        let columns = Postgres.identifiers(self.plan.target_columns());
        format!("COPY {table} ({columns}) FROM STDIN")
    }
}
