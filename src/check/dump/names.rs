//! Finds names that differ only by case or normal form, in one pass.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use super::memory::{FULL, Memory};
use crate::check::rules::{CollidingNames, Names, fold};
use crate::check::{CheckOptions, Finding, Key, NotChecked, Rule};
use crate::dump::Row;
use crate::mattermost::NAMES;
use crate::schema::{Catalog, Table};

/// The memory for one name, in bytes.
const NAME: usize = 160;

/// The names of every column of names.
#[derive(Debug, Default)]
pub(super) struct NamesSeen {
    columns: Vec<Column>,
    hasher: RandomState,
}

/// The names of one column, by the hash of their folded form.
#[derive(Debug)]
struct Column {
    table: String,
    name: String,
    groups: HashMap<u64, CollidingNames>,
    /// The groups with a name that is not plain; only these contain collisions.
    is_odd: HashSet<u64>,
    is_given_up: bool,
}

/// The position of names in a table: the column's index in `NamesSeen`, and the columns of name and scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    column: usize,
    name: usize,
    scope: Option<usize>,
}

impl NamesSeen {
    /// The positions of names in a table.
    pub(super) fn spots(&mut self, table: &Table) -> Vec<Spot> {
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        let listed = NAMES.iter().filter(|(name, ..)| name.eq_ignore_ascii_case(&table.name));
        let found = listed.filter_map(|(_, name, scope)| Names::of_table(table, name, *scope));
        let mut spots = Vec::new();
        for names in found {
            let Some(name) = place(names.name) else { continue };
            spots.push(Spot {
                column: self.columns.len(),
                name,
                scope: names.scope.and_then(place),
            });
            self.columns.push(Column {
                table: table.name.clone(),
                name: names.name.to_owned(),
                groups: HashMap::new(),
                is_given_up: false,
                is_odd: HashSet::new(),
            });
        }
        spots
    }

    /// Reads a row of a table with names.
    pub(super) fn add(
        &mut self,
        spot: &Spot,
        row: &Row<'_>,
        key: impl FnOnce() -> Key,
        keys: usize,
        memory: &mut Memory,
    ) {
        let column = &mut self.columns[spot.column];
        if column.is_given_up {
            return;
        }
        let text = |place: usize| {
            let mut scratch = Vec::new();
            let value = row.value(place, &mut scratch).unwrap_or_default();
            String::from_utf8_lossy(value).into_owned()
        };
        let name = text(spot.name);
        let is_plain = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let folded = if is_plain { name } else { fold(&name) };
        let value = self.hasher.hash_one((spot.scope.map(text).unwrap_or_default(), folded));
        if !column.groups.contains_key(&value) && !memory.take(NAME) {
            column.give_up(memory);
            return;
        }
        if !is_plain {
            column.is_odd.insert(value);
        }
        let group = column.groups.entry(value).or_default();
        group.names += 1;
        if group.keys.len() < keys {
            group.keys.push(key());
        }
    }

    /// The findings about names; `suspects` are the findings about names so far.
    pub(super) fn findings(
        self,
        source: &Catalog,
        suspects: &[Finding],
        options: CheckOptions,
    ) -> (Vec<Finding>, Vec<NotChecked>) {
        let (mut findings, mut not_checked) = (Vec::new(), Vec::new());
        for mut column in self.columns {
            let all = Names::of(source);
            let is_it =
                |names: &&Names<'_>| names.table.name == column.table && names.name == column.name;
            let Some(names) = all.iter().find(is_it).filter(|it| it.may_collide(suspects)) else {
                continue;
            };
            if column.is_given_up {
                not_checked.push(NotChecked::new(&[Rule::NameCollision], FULL).at(&column.table));
                continue;
            }
            column.groups.retain(|value, group| group.names > 1 && column.is_odd.contains(value));
            if !column.groups.is_empty() {
                findings.push(names.finding(column.groups.into_values(), options));
            }
        }
        (findings, not_checked)
    }
}

impl Column {
    fn give_up(&mut self, memory: &mut Memory) {
        self.is_given_up = true;
        memory.give_back(self.groups.len() * NAME);
        (self.groups, self.is_odd) = (HashMap::new(), HashSet::new());
    }
}
