//! Definitions of tables and views, as `SHOW CREATE TABLE` prints them.
//!
//! Only the relevant parts of a definition are passed to `ddl`, so that an unsupported option does not make
//! its table unreadable if no row depends on it.

mod clause;
mod token;

use self::clause::{Clause, ColumnClause, KeyClause};
use self::token::{split_items, tokens};
use super::lexer::{name, qualified_name, words};
use crate::ddl;
use crate::schema::{Catalog, Column, Kind, Table, View};
use crate::sql::Dialect;

/// A definition that is not parsed yet: the database if it names one, the table, the text between the
/// parentheses, and the text after them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CreateTable<'a> {
    pub(super) database: Option<String>,
    pub(super) table: String,
    /// Whether it has no effect if the table exists (`IF NOT EXISTS`).
    pub(super) spares_what_is_there: bool,
    body: &'a str,
    options: &'a str,
}

/// A parsed definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Definition {
    /// The table without columns that contain no data of their own.
    pub(super) table: Table,
    pub(super) values: Values,
}

/// The column of each value in an INSERT that lists no columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Values {
    /// For each column of the definition, whether it is kept and whether such an INSERT leaves it out.
    columns: Vec<(bool, bool)>,
}

impl Values {
    /// The number of columns in the definition.
    pub(super) fn defined(&self) -> usize {
        self.columns.len()
    }

    /// The index of each kept column's value in a row of that many values: one for each column, or one for
    /// each that is neither generated nor invisible.
    pub(super) fn places(&self, width: usize) -> Option<Vec<Option<usize>>> {
        if width == self.defined() {
            let kept = self.columns.iter().enumerate().filter(|(_, (is_kept, _))| *is_kept);
            return Some(kept.map(|(place, _)| Some(place)).collect());
        }
        let listed = self.columns.iter().filter(|(_, is_left_out)| !is_left_out).count();
        let mut next = 0..;
        (width == listed).then(|| {
            let place = |&(is_kept, is_left_out): &(bool, bool)| {
                let place = (!is_left_out).then(|| next.next()).flatten();
                is_kept.then_some(place)
            };
            self.columns.iter().filter_map(place).collect()
        })
    }
}

impl Definition {
    /// The placeholder for a definition that cannot be parsed.
    pub(super) fn without_columns(table: &str) -> Self {
        let table = Table { name: table.to_owned(), ..Table::default() };
        Self { table, values: Values::default() }
    }
}

impl<'a> CreateTable<'a> {
    /// Splits a CREATE TABLE; `None` for any other statement.
    pub(super) fn split(statement: &'a str) -> Option<Self> {
        let rest = words(statement, "CREATE TABLE")?;
        let sparing = words(rest, "IF NOT EXISTS");
        let (database, table, rest) = qualified_name(sparing.unwrap_or(rest))?;
        let body = rest.strip_prefix('(')?;
        let end = token::closing(body)?;
        let spares_what_is_there = sparing.is_some();
        let (body, options) = (&body[..end], &body[end + 1..]);
        Some(Self { database, table, spares_what_is_there, body, options })
    }

    /// Whether it marks JSON with a check, as only `MariaDB` does.
    pub(super) fn marks_json(&self) -> bool {
        self.body.to_ascii_lowercase().contains("check (json_valid(")
    }

    /// The table as a server's catalog shows it; the unsupported clause, if a column cannot be parsed.
    pub(super) fn read(&self) -> Result<Definition, String> {
        let (mut columns, mut keys) = (Vec::new(), Vec::new());
        for item in split_items(self.body) {
            match Clause::read(&tokens(item)) {
                Some(Clause::Column(column)) => columns.push(column),
                Some(Clause::Key(key)) => keys.push(key),
                Some(Clause::Other) => {}
                None => return Err("a clause that is neither a column nor a key".to_owned()),
            }
        }
        if columns.is_empty() {
            return Err("there are no columns".to_owned());
        }
        let generated_key =
            columns.iter().find(|it| it.is_generated_key()).map(|it| it.name.clone());
        let is_kept = |column: &ColumnClause| {
            !column.is_generated && generated_key.as_ref() != Some(&column.name)
        };
        let values = Values {
            columns: columns
                .iter()
                .map(|it| (is_kept(it), it.is_generated || it.is_invisible))
                .collect(),
        };
        let mut table = Table { name: self.table.clone(), ..Table::default() };
        let mut own_keys = Vec::new();
        for column in columns.iter().filter(|column| is_kept(column)) {
            let read = read_column(&self.table, column)?;
            table.columns.extend(read.columns);
            own_keys.extend(read.indexes);
        }
        table.indexes.extend(own_keys);
        self.add_character_sets(&mut table);
        for key in keys.iter().filter(|key| !generated_key.as_ref().is_some_and(|it| key.is_on(it)))
        {
            add_key(&mut table, key);
        }
        Ok(Definition { table, values })
    }

    fn add_character_sets(&self, table: &mut Table) {
        let default = default_charset(self.options);
        let collation = default_collation(self.options);
        for column in table.columns.iter_mut().filter(|column| holds_text(column)) {
            // The default collation is one of the default character set.
            if column.character_set.is_none() {
                column.collation = column.collation.take().or_else(|| collation.clone());
            }
            column.character_set = column.character_set.take().or_else(|| default.clone());
        }
    }
}

/// A table with one column.
fn read_column(table: &str, column: &ColumnClause) -> Result<Table, String> {
    let table = Dialect::MySql.identifier(table);
    let read = [&column.full, &column.bare].into_iter().find_map(|definition| {
        let sql = format!("CREATE TABLE {table} ({definition})");
        ddl::read(Dialect::MySql, &sql).ok()?.tables.into_values().next()
    });
    read.ok_or_else(|| format!("the type of column `{}` is not known", column.name))
}

/// Adds a key; one that cannot be parsed does not affect rows, and is left out.
fn add_key(table: &mut Table, key: &KeyClause) -> bool {
    let name = Dialect::MySql.identifier(&table.name);
    let changed = change(table, &format!("ALTER TABLE {name} ADD {}", key.sql));
    if changed && let Some(parser) = &key.parser {
        let of_parser = |index: &&mut crate::schema::Index| match &key.name {
            Some(name) => index.name == *name,
            None => index.method == "fulltext" && index.parser.is_none(),
        };
        if let Some(index) = table.indexes.values_mut().find(of_parser) {
            index.parser = Some(parser.clone());
        }
    }
    changed
}

/// Runs a statement on one table; returns whether it could be parsed.
fn change(table: &mut Table, sql: &str) -> bool {
    let mut catalog = Catalog::default();
    catalog.tables.insert(table.name.clone(), table.clone());
    if ddl::apply(&mut catalog, Dialect::MySql, sql).is_err() {
        return false;
    }
    let changed = catalog.tables.remove(&table.name);
    *table = changed.unwrap_or_default();
    true
}

fn holds_text(column: &Column) -> bool {
    matches!(column.data_type.kind(), Kind::Text(_) | Kind::Enumeration(_))
}

/// Keys and columns that a statement adds to a table or changes: `ALTER TABLE`, `CREATE INDEX`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Alteration<'a> {
    pub(super) database: Option<String>,
    pub(super) table: String,
    items: Vec<(Change, &'a str)>,
    /// The key of a `CREATE INDEX`.
    index: Option<String>,
}

/// The action of an item of an `ALTER TABLE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Add,
    Modify,
}

impl<'a> Alteration<'a> {
    /// Splits an ALTER TABLE or CREATE INDEX; `None` for any other statement.
    pub(super) fn split(statement: &'a str) -> Option<Self> {
        let Some(rest) = words(statement, "ALTER TABLE") else { return Self::of_index(statement) };
        let rest = words(rest, "ONLY").unwrap_or(rest);
        let (database, table, rest) = qualified_name(rest)?;
        let item = |item: &'a str| {
            let of = |kind, word| words(item, word).map(|rest| (kind, rest));
            of(Change::Add, "ADD").or_else(|| of(Change::Modify, "MODIFY"))
        };
        let items = split_items(rest).into_iter().filter_map(item).collect();
        Some(Self { database, table, items, index: None })
    }

    /// ``CREATE UNIQUE INDEX `i` ON `t` (…)``.
    fn of_index(statement: &str) -> Option<Self> {
        let mut rest = words(statement, "CREATE")?;
        let mut kind = "";
        for word in ["UNIQUE", "FULLTEXT", "SPATIAL"] {
            if let Some(behind) = words(rest, word) {
                (kind, rest) = (word, behind);
            }
        }
        let (index, rest) = name(words(rest, "INDEX")?)?;
        let on = tokens(rest).iter().position(|it| it.is_word("ON"))?;
        let place = rest.to_ascii_uppercase().find("ON").filter(|_| on <= 2)?;
        let (database, table, rest) = qualified_name(&rest[place + 2..])?;
        let index = Some(format!("{kind} KEY {} {rest}", Dialect::MySql.identifier(&index)));
        Some(Self { database, table, items: Vec::new(), index })
    }

    /// Changes the table; returns whether anything of it could be parsed.
    pub(super) fn apply(&self, table: &mut Table) -> bool {
        let index = self.index.iter().map(|index| (Change::Add, index.as_str()));
        let items = self.items.iter().copied().chain(index);
        items.fold(false, |changed, (kind, item)| {
            let item = words(item, "COLUMN").unwrap_or(item);
            let done = match (kind, Clause::read(&tokens(item))) {
                (Change::Add, Some(Clause::Key(key))) => add_key(table, &key),
                (Change::Modify, Some(Clause::Column(column))) => modify(table, &column),
                _ => false,
            };
            changed || done
        })
    }
}

/// Gives a column the type and the options of another definition.
fn modify(table: &mut Table, column: &ColumnClause) -> bool {
    let Ok(read) = read_column(&table.name, column) else { return false };
    let Some(mut new) = read.columns.into_iter().next() else { return false };
    let of_name = |it: &&mut Column| it.name.eq_ignore_ascii_case(&new.name);
    let Some(old) = table.columns.iter_mut().find(of_name) else { return false };
    if holds_text(&new) && new.character_set.is_none() {
        (new.character_set, new.collation) = (old.character_set.take(), old.collation.take());
    }
    new.not_null |= old.not_null;
    *old = new;
    true
}

/// The character set in a table's options: `… DEFAULT CHARSET=utf8mb4 COLLATE=…`.
fn default_charset(options: &str) -> Option<String> {
    let lower = options.to_ascii_lowercase();
    let place = lower.find("charset").map(|place| place + "charset".len());
    let place = place.or_else(|| lower.find("character set").map(|place| place + 13))?;
    let rest = lower.get(place..)?.trim_start().trim_start_matches('=');
    name(rest).map(|(charset, _)| charset)
}

/// The collation in a table's options.
fn default_collation(options: &str) -> Option<String> {
    let lower = options.to_ascii_lowercase();
    let rest = lower.get(lower.find("collate")? + "collate".len()..)?;
    name(rest.trim_start().trim_start_matches('=')).map(|(collation, _)| collation)
}

/// The view that a statement creates, or prepares with a placeholder; `None` for any other statement.
pub(super) fn view(statement: &str) -> Option<View> {
    let rest = words(statement, "CREATE")?;
    let mut rest = words(rest, "OR REPLACE").unwrap_or(rest);
    while let Some(behind) = setting(rest) {
        rest = behind;
    }
    let rest = words(rest, "VIEW")?;
    let (_, name, rest) = qualified_name(rest)?;
    let query = words(rest, "AS").unwrap_or(rest).trim_end().to_owned();
    Some(View { name, materialized: false, query, indexes: std::collections::BTreeMap::new() })
}

/// `ALGORITHM=x`, ``DEFINER=`a`@`b` `` or `SQL SECURITY x` at the start of a view's definition.
fn setting(text: &str) -> Option<&str> {
    if let Some(rest) = words(text, "SQL SECURITY") {
        return name(rest).map(|(_, rest)| rest);
    }
    let rest = words(text, "ALGORITHM").or_else(|| words(text, "DEFINER"))?;
    let (_, rest) = name(rest.strip_prefix('=')?)?;
    match rest.strip_prefix('@') {
        Some(host) => name(host).map(|(_, rest)| rest),
        None => Some(rest),
    }
}

#[cfg(test)]
mod tests;
