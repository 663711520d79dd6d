//! The probes of one table of a dump, and their results so far.

use std::borrow::Cow;
use std::sync::Arc;

use super::candidates::Candidates;
use super::facts::Fact;
use super::losses::Losses;
use super::names::Spot;
use super::relations::Part;
use crate::check::probe::{Condition, Probe, ProbeResult, Verdict};
use crate::check::rules::ColumnUse;
use crate::check::time_zones::TableEvidence;
use crate::check::{ColumnPair, Key};
use crate::convert::json::{self, JsonType};
use crate::dump::Row;
use crate::mysql::Flavour;
use crate::schema::{Kind, Table};

/// A table of a dump with its probes.
#[derive(Debug)]
pub(super) struct TableProbe {
    pub(super) table: Table,
    pub(super) rows: u64,
    /// The bytes of the rows in the dump.
    pub(super) bytes: u64,
    pub(super) parts: Vec<Part>,
    pub(super) spots: Vec<Spot>,
    pub(super) facts: Vec<Fact>,
    pub(super) losses: Losses,
    /// The evidence of the rows for the zone of local times.
    pub(super) times: TableEvidence,
    columns: Vec<ColumnWatch>,
    /// The positions of the primary key's columns, and whether they are binary.
    key: Vec<(usize, bool)>,
}

#[derive(Debug)]
struct ColumnWatch {
    place: usize,
    probes: Vec<(Probe, ProbeResult)>,
    /// Whether valid JSON needs no decision by some of the probes.
    holds_json: bool,
    held: Option<ColumnUse>,
}

impl TableProbe {
    pub(super) fn new(flavour: Flavour, table: &Table, candidates: &Candidates) -> Self {
        let pairs = candidates.pairs(flavour, table);
        let column = |(place, column): (usize, &crate::schema::Column)| {
            let of_column = pairs.iter().filter(|pair| pair.column == column.name);
            let probes: Vec<(Probe, ProbeResult)> = of_column
                .flat_map(|pair| Probe::of_column(pair.clone()))
                .map(|probe| (probe, ProbeResult::default()))
                .collect();
            let may_lack = candidates.may_lack(&table.name, &column.name);
            let held = may_lack.then(ColumnUse::default);
            let holds_json = probes.iter().any(|(probe, _)| is_about_json(probe));
            let watch = ColumnWatch { place, probes, holds_json, held };
            (!watch.probes.is_empty() || watch.held.is_some()).then_some(watch)
        };
        let place = |name: &String| {
            let is_it = |it: &crate::schema::Column| it.name.eq_ignore_ascii_case(name);
            let place = table.columns.iter().position(is_it)?;
            Some((place, *table.columns[place].data_type.kind() == Kind::Binary))
        };
        Self {
            rows: 0,
            bytes: 0,
            parts: Vec::new(),
            spots: Vec::new(),
            facts: Vec::new(),
            losses: Losses::of(table),
            times: TableEvidence::new(table, true),
            columns: table.columns.iter().enumerate().filter_map(column).collect(),
            // Export programs write the keys after the rows.
            key: match table.primary_key() {
                [] => candidates.primary_key(&table.name).iter().filter_map(place).collect(),
                key => key.iter().filter_map(place).collect(),
            },
            table: table.clone(),
        }
    }

    /// Checks a row.
    pub(super) fn add(&mut self, row: &Row<'_>, keys: usize, scratch: &mut Vec<u8>) {
        self.rows += 1;
        self.bytes += u64::try_from(row.size()).unwrap_or(u64::MAX);
        self.times.add(|place| {
            let mut scratch = Vec::new();
            row.value(place, &mut scratch).map(|value| Cow::Owned(value.to_vec()))
        });
        for watch in self.columns.iter_mut().filter(|watch| row.has(watch.place)) {
            let cell = row.value(watch.place, scratch);
            if let Some(held) = &mut watch.held {
                held.add(&self.table.columns[watch.place], cell);
            }
            let is_sound_json = watch.holds_json
                && cell.is_some_and(|cell| json::validate(cell, JsonType::Jsonb).is_ok());
            for (probe, result) in &mut watch.probes {
                if is_sound_json && is_about_json(probe) {
                    continue;
                }
                if let Verdict::Found(evidence) = probe.decide(cell) {
                    result.add(evidence, || key_of(&self.key, row), keys);
                }
            }
        }
    }

    /// Searches a row for signs of lost characters.
    pub(super) fn look_for_losses(&mut self, row: &Row<'_>, keys: usize, scratch: &mut Vec<u8>) {
        let Self { losses, key, .. } = self;
        losses.add(row, || key_of(key, row), keys, scratch);
    }

    pub(super) fn key(&self, row: &Row<'_>) -> Key {
        key_of(&self.key, row)
    }

    /// The result of a probe, with the keys in order; `None` if the column was checked against other forms
    /// only.
    pub(super) fn result(&self, probe: &Probe) -> Option<ProbeResult> {
        let is_it = |(own, _): &&(Probe, ProbeResult)| {
            own.rule.rule() == probe.rule.rule() && is_same(&own.pair, &probe.pair)
        };
        let (_, found) = self.columns.iter().flat_map(|column| &column.probes).find(is_it)?;
        let mut result = found.clone();
        result.keys.sort();
        Some(result)
    }

    /// The number of values in a column, if they were counted.
    pub(super) fn held(&self, column: &str) -> ColumnUse {
        let is_it = |watch: &&ColumnWatch| self.table.columns[watch.place].name == column;
        self.columns.iter().find(is_it).and_then(|watch| watch.held).unwrap_or_default()
    }
}

/// Whether the probe accepts every JSON value that `jsonb` accepts.
fn is_about_json(probe: &Probe) -> bool {
    matches!(probe.condition, Condition::Json(_))
}

fn is_same(one: &Arc<ColumnPair>, other: &Arc<ColumnPair>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

/// The texts of a row's key, as the check of a server selects them.
fn key_of(key: &[(usize, bool)], row: &Row<'_>) -> Key {
    let text = |&(place, is_binary): &(usize, bool)| {
        let mut scratch = Vec::new();
        let value = row.value(place, &mut scratch).unwrap_or_default();
        if is_binary {
            hex::encode_upper(value)
        } else {
            String::from_utf8_lossy(value).into_owned()
        }
    };
    key.iter().map(text).collect()
}
