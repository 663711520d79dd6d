//! Rows and their parents, in either order.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use super::candidates::{Candidates, is_same};
use super::memory::{FULL, Memory};
use crate::check::probe::{Evidence, ProbeResult};
use crate::check::rules::orphans_finding;
use crate::check::{Finding, Key, NotChecked, Rule};
use crate::dump::Row;
use crate::models::Models;
use crate::schema::{Catalog, ForeignKey, Table};

/// The memory for a parent, in bytes.
const PARENT: usize = 20;
/// The memory for the rows that refer to one missing parent, in bytes.
const CHILD: usize = 200;

/// Every foreign key that may apply to the tables of a database.
#[derive(Debug)]
pub(super) struct Relations {
    list: Vec<Relation>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Relation {
    /// The referencing table, in lower case.
    child: String,
    key: ForeignKey,
    parents: HashSet<u64>,
    /// Rows whose parent has not been seen, by the hash of the reference.
    waiting: HashMap<u64, ProbeResult>,
    is_given_up: bool,
}

/// The role of a table in a relation: parent or child, and the positions of the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    relation: usize,
    is_parent: bool,
    places: Vec<usize>,
}

impl Relations {
    pub(super) fn new(candidates: &Candidates) -> Self {
        let relation = |(child, key): (&str, &ForeignKey)| Relation {
            child: child.to_owned(),
            key: key.clone(),
            parents: HashSet::new(),
            waiting: HashMap::new(),
            is_given_up: false,
        };
        let list = candidates.foreign_keys().into_iter().map(relation).collect();
        Self { list, hasher: RandomState::new() }
    }

    /// The roles of a table.
    pub(super) fn parts(&self, table: &Table) -> Vec<Part> {
        let mut parts = Vec::new();
        for (relation, Relation { child, key, .. }) in self.list.iter().enumerate() {
            let mut part = |is_parent, columns: &[String]| {
                let place = |name: &String| {
                    table.columns.iter().position(|it| it.name.eq_ignore_ascii_case(name))
                };
                if let Some(places) = columns.iter().map(place).collect() {
                    parts.push(Part { relation, is_parent, places });
                }
            };
            if key.referenced_table.eq_ignore_ascii_case(&table.name) {
                part(true, &key.referenced_columns);
            }
            if child.eq_ignore_ascii_case(&table.name) {
                part(false, &key.columns);
            }
        }
        parts
    }

    /// Reads a row of a table with that role.
    pub(super) fn add(
        &mut self,
        part: &Part,
        row: &Row<'_>,
        key: impl FnOnce() -> Key,
        keys: usize,
        memory: &mut Memory,
    ) {
        let mut hasher = self.hasher.build_hasher();
        let mut scratch = Vec::new();
        for &place in &part.places {
            let Some(value) = row.value(place, &mut scratch) else { return };
            hasher.write(value);
            hasher.write_u8(0xff);
        }
        let value = hasher.finish();
        let relation = &mut self.list[part.relation];
        if relation.is_given_up || (!part.is_parent && relation.parents.contains(&value)) {
            return;
        }
        let is_new = if part.is_parent {
            !relation.parents.contains(&value)
        } else {
            !relation.waiting.contains_key(&value)
        };
        if is_new && !memory.take(if part.is_parent { PARENT } else { CHILD }) {
            relation.give_up(memory);
        } else if part.is_parent {
            relation.parents.insert(value);
        } else {
            relation.waiting.entry(value).or_default().add(Evidence::default(), key, keys);
        }
    }

    /// The findings about the foreign keys that the target has.
    pub(super) fn findings(
        self,
        source: &Catalog,
        models: &Models<'_>,
        keys: usize,
    ) -> (Vec<Finding>, Vec<NotChecked>) {
        let (mut findings, mut not_checked) = (Vec::new(), Vec::new());
        for mut relation in self.list {
            let (Some(table), Some(_)) =
                (source.table(&relation.child), source.table(&relation.key.referenced_table))
            else {
                continue;
            };
            let applies = models.counterpart(&table.name).is_some_and(|counterpart| {
                counterpart.target.foreign_keys.values().any(|key| is_same(key, &relation.key))
            });
            if !applies {
                continue;
            }
            if relation.is_given_up {
                not_checked.push(NotChecked::new(&[Rule::ForeignKey], FULL).at(&table.name));
                continue;
            }
            let mut result = ProbeResult::default();
            relation.waiting.retain(|value, _| !relation.parents.contains(value));
            for waiting in relation.waiting.into_values() {
                result.merge(waiting, keys);
            }
            if result.count > 0 {
                findings.push(orphans_finding(source, table, &relation.key, result));
            }
        }
        (findings, not_checked)
    }
}

impl Relation {
    fn give_up(&mut self, memory: &mut Memory) {
        self.is_given_up = true;
        memory.give_back(self.parents.len() * PARENT + self.waiting.len() * CHILD);
        (self.parents, self.waiting) = (HashSet::new(), HashMap::new());
    }
}
