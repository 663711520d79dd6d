//! Which columns of a table a fix looks at.

use std::collections::{BTreeMap, BTreeSet};

use super::stored::Stored;
use crate::check::{Class, Probe};
use crate::mysql::Flavour;
use crate::schema::{Catalog, Table};
use crate::sql::Dialect;

/// A table with the columns to fix.
#[derive(Debug)]
pub(super) struct TableFix {
    /// Its exact name.
    pub(super) name: String,
    /// All its columns.
    pub(super) columns: Vec<Stored>,
    /// What tells its rows apart.
    pub(super) key: RowKey,
    /// The columns that may be in trouble: the place in `columns`, and what is asked of it.
    pub(super) asked: Vec<(usize, Vec<Probe>)>,
    /// Whether deleting a row deletes rows of other tables.
    pub(super) is_referenced: bool,
}

/// What tells the rows of a table apart, by places in its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowKey {
    /// The primary key.
    Primary(Vec<usize>),
    /// There is none: all columns.
    WholeRow,
}

impl RowKey {
    /// The key of a table.
    pub(super) fn of(table: &Table) -> Self {
        let place = |name: &String| table.columns.iter().position(|it| it.name == *name);
        let key: Option<Vec<usize>> = table.primary_key().iter().map(place).collect();
        // A key on the beginnings of texts names no column.
        match key {
            Some(places) if !places.is_empty() => Self::Primary(places),
            _ => Self::WholeRow,
        }
    }
}

impl TableFix {
    /// Its name, quoted.
    pub(super) fn sql(&self) -> String {
        Dialect::MySql.identifier(&self.name)
    }

    /// Whether the column is part of what tells rows apart, so that it is never altered.
    pub(super) fn is_key(&self, place: usize) -> bool {
        matches!(&self.key, RowKey::Primary(places) if places.contains(&place))
    }

    /// Assignments, each behind a comma, that keep the server from setting the time of a change in
    /// columns that ask for it; `column` is being assigned already.
    pub(super) fn times_but(&self, column: &str) -> String {
        let mut assignments = String::new();
        for other in self.columns.iter().filter(|it| it.is_timestamp() && it.name != column) {
            assignments.extend([", ", &other.sql(), " = ", &other.sql()]);
        }
        assignments
    }

    /// What keeps a statement to one of several equal rows.
    pub(super) fn limit(&self) -> &'static str {
        if self.key == RowKey::WholeRow { " LIMIT 1" } else { "" }
    }

    /// The columns of the key; all of them where there is none.
    pub(super) fn key_columns(&self) -> Vec<&Stored> {
        match &self.key {
            RowKey::Primary(places) => places.iter().map(|&place| &self.columns[place]).collect(),
            RowKey::WholeRow => self.columns.iter().collect(),
        }
    }
}

/// The tables that have something to fix in these classes.
pub(super) fn tables(
    flavour: Flavour,
    source: &Catalog,
    probes: Vec<Probe>,
    classes: &BTreeSet<Class>,
) -> Vec<TableFix> {
    let has_fix = |class| {
        matches!(class, Class::Unicode | Class::Json | Class::Nulls | Class::Varchar)
            && classes.contains(&class)
    };
    let mut by_table: BTreeMap<String, Vec<Probe>> = BTreeMap::new();
    for probe in probes.into_iter().filter(|probe| has_fix(probe.rule.rule().class())) {
        by_table.entry(probe.pair.table.clone()).or_default().push(probe);
    }
    let plan = |(name, probes): (String, Vec<Probe>)| {
        let table = source.tables.get(&name)?;
        let mut asked: BTreeMap<usize, Vec<Probe>> = BTreeMap::new();
        for probe in probes {
            let place = table.columns.iter().position(|it| it.name == probe.pair.column)?;
            asked.entry(place).or_default().push(probe);
        }
        Some(TableFix {
            columns: table.columns.iter().map(|it| Stored::new(flavour, it)).collect(),
            key: RowKey::of(table),
            asked: asked.into_iter().collect(),
            is_referenced: is_referenced(source, &name),
            name,
        })
    };
    by_table.into_iter().filter_map(plan).collect()
}

fn is_referenced(source: &Catalog, table: &str) -> bool {
    let keys = source.tables.values().flat_map(|table| table.foreign_keys.values());
    keys.into_iter().any(|key| key.referenced_table.eq_ignore_ascii_case(table))
}
