//! The columns of a table that a repair reads.

use std::collections::BTreeMap;

use super::FixOptions;
use super::stored::Stored;
use crate::check::Probe;
use crate::mysql::Flavour;
use crate::schema::{Catalog, Table};
use crate::sql::Dialect;

/// A table with the columns to repair.
#[derive(Debug)]
pub(super) struct TableFix {
    pub(super) name: String,
    pub(super) columns: Vec<Stored>,
    /// How its rows are identified.
    pub(super) key: RowKey,
    /// The columns that may have a problem: the index in `columns`, and the probes.
    pub(super) asked: Vec<(usize, Vec<Probe>)>,
    /// Whether deleting a row deletes rows of other tables.
    pub(super) is_referenced: bool,
}

/// How the rows of a table are identified, by indexes of columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowKey {
    /// The primary key.
    Primary(Vec<usize>),
    /// All columns, because there is no primary key.
    WholeRow,
}

impl RowKey {
    /// The key of a table.
    pub(super) fn of(table: &Table) -> Self {
        let place = |name: &String| table.columns.iter().position(|it| it.name == *name);
        let key: Option<Vec<usize>> = table.primary_key().iter().map(place).collect();
        // A key on prefixes of text does not identify rows by its columns.
        match key {
            Some(places) if !places.is_empty() => Self::Primary(places),
            _ => Self::WholeRow,
        }
    }
}

impl TableFix {
    /// The name, quoted.
    pub(super) fn sql(&self) -> String {
        Dialect::MySql.identifier(&self.name)
    }

    /// Whether the column is part of the row's identification, so that it is never changed.
    pub(super) fn is_key(&self, place: usize) -> bool {
        matches!(&self.key, RowKey::Primary(places) if places.contains(&place))
    }

    /// Assignments, each after a comma, that keep the server from setting the time of a change in its columns;
    /// `column` has an assignment already.
    pub(super) fn times_but(&self, column: &str) -> String {
        let mut assignments = String::new();
        for other in self.columns.iter().filter(|it| it.is_timestamp() && it.name != column) {
            assignments.extend([", ", &other.sql(), " = ", &other.sql()]);
        }
        assignments
    }

    /// Limits a statement to one of several equal rows.
    pub(super) fn limit(&self) -> &'static str {
        if self.key == RowKey::WholeRow { " LIMIT 1" } else { "" }
    }

    /// The columns of the key; all columns without a key.
    pub(super) fn key_columns(&self) -> Vec<&Stored> {
        match &self.key {
            RowKey::Primary(places) => places.iter().map(|&place| &self.columns[place]).collect(),
            RowKey::WholeRow => self.columns.iter().collect(),
        }
    }
}

/// The tables that have something to fix.
pub(super) fn tables(
    flavour: Flavour,
    source: &Catalog,
    probes: Vec<Probe>,
    options: &FixOptions,
) -> Vec<TableFix> {
    let mut by_table: BTreeMap<String, Vec<Probe>> = BTreeMap::new();
    for probe in probes.into_iter().filter(|probe| options.asks(probe)) {
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
