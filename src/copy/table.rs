//! One table's part of the work.

use super::Definition;
use super::ledger::{ChunkEntry, TableEntry};
use crate::convert::TablePlan;
use crate::mysql::TableSize;
use crate::mysql::{KeyColumn, KeyKind, Range};
use crate::schema::{ColumnType, Kind, Limit, Table};
use crate::sql::Dialect::{MySql, Postgres};

/// A table to copy.
#[derive(Debug, Clone)]
pub struct TableWork {
    /// How its rows are carried over.
    pub plan: TablePlan,
    /// About how much it holds.
    pub size: TableSize,
    /// The columns by whose values it can be parted.
    pub key: Vec<KeyColumn>,
    /// Whether its ids are Mattermost's: random, of 26 characters.
    pub has_random_ids: bool,
    /// The places of the primary key's columns in the plan.
    pub key_places: Vec<usize>,
    /// Its parts; none before it is known where to part it.
    pub chunks: Vec<ChunkEntry>,
    /// Whether an earlier run has begun with it.
    pub resumed: bool,
    /// Whether the target's rows go first.
    pub empty_first: bool,
    /// The indexes that are absent meanwhile.
    pub definitions: Vec<Definition>,
}

impl TableWork {
    pub(super) fn new(plan: TablePlan, source: &Table, size: TableSize) -> Self {
        let place = |name: &String| plan.columns.iter().position(|column| column.source == *name);
        let key_places = source.primary_key().iter().filter_map(place).collect();
        let kinds = source.primary_key().iter().map(|name| {
            let column = source.column(name)?;
            Some(KeyColumn { name: name.clone(), kind: key_kind(&column.data_type)? })
        });
        let key: Vec<_> = kinds.map_while(|column| column).collect();
        let first = key.first().and_then(|column| source.column(&column.name));
        let has_random_ids =
            first.is_some_and(|it| it.data_type.text_limit() == Some(Limit::Characters(26)));
        Self {
            plan,
            size,
            key,
            has_random_ids,
            key_places,
            chunks: Vec::new(),
            resumed: false,
            empty_first: false,
            definitions: Vec::new(),
        }
    }

    /// Takes over what an earlier run has begun.
    pub(super) fn resume(&mut self, entry: &TableEntry) {
        self.chunks.clone_from(&entry.chunks);
        self.resumed = true;
    }

    /// Whether no run has begun with it.
    #[must_use]
    pub fn is_new(&self) -> bool {
        !self.resumed
    }

    /// The statement that reads a part of it.
    #[must_use]
    pub fn select(&self, range: &Range) -> String {
        let columns: Vec<_> = self.plan.columns.iter().map(expression).collect();
        let columns = if columns.is_empty() { "1".to_owned() } else { columns.join(", ") };
        let mut sql = format!("SELECT {columns} FROM {}", MySql.identifier(&self.plan.source));
        if let Some(condition) = range.condition(&self.key) {
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

/// A column as it is read. `float` is printed with six digits only, `double` with all.
fn expression(column: &crate::convert::ColumnPlan) -> String {
    let name = MySql.identifier(&column.source);
    if column.source_type.as_str().starts_with("float") { format!("{name} + 0E0") } else { name }
}

fn key_kind(column_type: &ColumnType) -> Option<KeyKind> {
    match column_type.kind() {
        Kind::Text(_) => Some(KeyKind::Text),
        Kind::Integer { .. } => Some(KeyKind::Integer),
        _ => None,
    }
}
