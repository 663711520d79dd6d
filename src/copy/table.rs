//! The work on one table.

use std::collections::BTreeSet;

use super::{Definition, Stage};
use crate::convert::{ColumnPlan, TablePlan};
use crate::ledger::TableRecord;
use crate::mattermost::is_message;
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

/// The names in the last list of a statement that builds an index.
fn words_behind_last_bracket(statement: &str) -> BTreeSet<&str> {
    let list = statement.rsplit('(').next().unwrap_or_default();
    list.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).collect()
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
        let words = words_behind_last_bracket(&definition.statement);
        let texts = self.plan.columns.iter().filter(|it| it.target_type.text_limit().is_some());
        texts.filter(|column| words.contains(column.target.as_str())).count()
    }

    /// About how long a processor takes for a row of a definition, in tenths of a microsecond
    /// (`scripts/bench migrate`, a million posts).
    pub(super) fn work_per_row(&self, definition: &Definition) -> u64 {
        // It is the last one to end, and nothing else is left to build then.
        const FULL_TEXT_OF_MESSAGES: u64 = 200;
        const NUMBERS: u64 = 5;
        const TEXT: u64 = 8;
        let words = words_behind_last_bracket(&definition.statement);
        let mut columns = self.plan.columns.iter().filter(|it| words.contains(it.target.as_str()));
        // Of other columns, such as hashtags, most are empty or short.
        let has_messages = columns.any(|column| is_message(&self.plan.source, &column.source));
        if definition.stage == Stage::FullText && has_messages {
            return FULL_TEXT_OF_MESSAGES;
        }
        NUMBERS + TEXT * self.texts_in(definition) as u64
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

#[cfg(test)]
mod tests {
    use super::{Definition, Stage, TableWork};
    use crate::convert::{Policy, TablePlan};
    use crate::mysql::TableSize;
    use crate::schema::{Catalog, Column, ColumnType, Table};

    #[test]
    fn texts_take_most_of_the_work() {
        let types = |names: [&str; 4], texts: ColumnType, number: ColumnType| {
            let column = |name: &str| {
                let is_number = name.eq_ignore_ascii_case("CreateAt");
                Column::of(name, if is_number { number.clone() } else { texts.clone() })
            };
            names.into_iter().map(column).collect()
        };
        let source = Table {
            name: "Posts".to_owned(),
            columns: types(
                ["Id", "CreateAt", "Message", "Hashtags"],
                ColumnType::mysql("text"),
                ColumnType::mysql("bigint"),
            ),
            ..Table::default()
        };
        let target = Table {
            name: "posts".to_owned(),
            columns: types(
                ["id", "createat", "message", "hashtags"],
                ColumnType::postgres("character varying(26)"),
                ColumnType::postgres("bigint"),
            ),
            ..Table::default()
        };
        let plan = TablePlan::new(&source, &target, &Catalog::default(), |_| Policy::default());
        let table = TableWork::new(plan.expect("a plan"), &source, TableSize::default());
        let work = |stage, statement: &str| {
            let (table_name, name) = ("posts".to_owned(), "an index".to_owned());
            let statement = statement.to_owned();
            table.work_per_row(&Definition { table: table_name, name, stage, statement })
        };
        let full_text = |column| {
            let search = format!("to_tsvector('english'::regconfig, ({column})::text)");
            work(Stage::FullText, &format!("CREATE INDEX a ON posts USING gin ({search})"))
        };
        let sorted = |columns| {
            work(Stage::Index, &format!("CREATE INDEX a ON posts USING btree ({columns})"))
        };
        let in_order = [
            sorted("createat"),
            work(Stage::Key, "ALTER TABLE posts ADD CONSTRAINT posts_pkey PRIMARY KEY (id)"),
            sorted("id, createat, hashtags"),
            full_text("message"),
        ];
        assert!(in_order.is_sorted_by(|less, more| less < more), "{in_order:?}");
        assert_eq!(full_text("hashtags"), sorted("createat, hashtags"), "most are empty");
    }
}
