//! The third pass over a table that differs: keys, columns and values of the rows found.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::xxh3_128;

use super::bucket::Digest;
use super::locate_rows::Unmatched;
use super::pass::RowVisitor;
use super::read::Part;
use super::row::{Field, ReadCounts, SpelledRow};
use super::table::TableWork;
use super::{ChangedColumn, Difference, Kind, Show};
use crate::convert::copy_text;

/// The most bytes of a value that are shown.
const SHOWN: usize = 200;

/// A row without a counterpart, as far as it is reported.
#[derive(Debug, Clone)]
pub(super) struct Found {
    key: Vec<(String, String)>,
    fields: Vec<FoundField>,
}

#[derive(Debug, Clone)]
struct FoundField {
    hash: u128,
    /// Why the value has no counterpart.
    reason: Option<String>,
    shown: String,
}

/// Collects the rows without a counterpart.
pub(super) struct Naming {
    tables: Arc<Vec<TableWork>>,
    show: Show,
    wanted: HashMap<Digest, u64>,
    found: Mutex<HashMap<Digest, Found>>,
}

impl Naming {
    pub(super) fn new(tables: &Arc<Vec<TableWork>>, show: Show, unmatched: &[Unmatched]) -> Self {
        let rows = unmatched.iter().flat_map(|it| it.source.iter().chain(&it.target)).copied();
        Self { tables: Arc::clone(tables), show, wanted: rows.collect(), found: Mutex::default() }
    }

    /// The differences, at most `limit`.
    pub(super) fn differences(
        &self,
        table: &TableWork,
        unmatched: &[Unmatched],
        limit: usize,
    ) -> Vec<Difference> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = |digests: &[(Digest, u64)]| -> Vec<Found> {
            let known = digests.iter().filter_map(|(digest, times)| {
                let times = usize::try_from(*times).unwrap_or(limit).min(limit);
                Some(std::iter::repeat_n(found.get(digest)?.clone(), times))
            });
            known.flatten().take(limit).collect()
        };
        let mut groups: Vec<(Vec<Found>, Vec<Found>)> =
            unmatched.iter().map(|it| (rows(&it.source), rows(&it.target))).collect();
        if table.key.is_empty() {
            groups = vec![groups.into_iter().fold((Vec::new(), Vec::new()), |mut all, group| {
                all.0.extend(group.0);
                all.1.extend(group.1);
                all
            })];
        }
        let is_own_key = table.key.is_empty();
        let differences =
            groups.into_iter().flat_map(|(source, target)| pair(table, source, target, is_own_key));
        let mut differences: Vec<Difference> = differences.collect();
        differences.sort_by(|left, right| (&left.key, left.kind).cmp(&(&right.key, right.kind)));
        differences.truncate(limit);
        if self.show == Show::Names {
            for column in differences.iter_mut().flat_map(|it| &mut it.columns) {
                (column.expected, column.found) = (None, None);
            }
        }
        differences
    }
}

/// Pairs each row of the source with the most similar row of the target. Rows that are their own keys must have
/// half of their columns in common.
pub(super) fn pair(
    table: &TableWork,
    source: Vec<Found>,
    mut target: Vec<Found>,
    is_own_key: bool,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    for row in source {
        let alike = |other: &Found| {
            row.fields.iter().zip(&other.fields).filter(|(a, b)| a.hash == b.hash).count()
        };
        let best = (0..target.len()).max_by_key(|&place| alike(&target[place]));
        let best =
            best.filter(|&place| !is_own_key || alike(&target[place]) * 2 >= row.fields.len());
        let difference = match best.map(|place| target.swap_remove(place)) {
            Some(other) => Difference {
                kind: Kind::Different,
                columns: changed(table, &row, &other),
                table: table.plan.source.clone(),
                key: row.key,
            },
            None => alone(table, row, Kind::Missing),
        };
        differences.push(difference);
    }
    differences.extend(target.into_iter().map(|row| alone(table, row, Kind::Extra)));
    differences
}

fn changed(table: &TableWork, row: &Found, other: &Found) -> Vec<ChangedColumn> {
    let columns = table.plan.columns.iter().zip(row.fields.iter().zip(&other.fields));
    let differing = columns.filter(|(_, (expected, found))| expected.hash != found.hash);
    differing
        .map(|(column, (expected, found))| ChangedColumn {
            column: column.source.clone(),
            reason: expected.reason.clone(),
            expected: Some(expected.shown.clone()),
            found: Some(found.shown.clone()),
        })
        .collect()
}

fn alone(table: &TableWork, row: Found, kind: Kind) -> Difference {
    let columns = table.plan.columns.iter().zip(&row.fields);
    let unfit = columns.filter(|(_, field)| field.reason.is_some());
    let columns = unfit.map(|(column, field)| ChangedColumn {
        column: column.source.clone(),
        reason: field.reason.clone(),
        expected: None,
        found: None,
    });
    let columns = columns.collect();
    Difference { table: table.plan.source.clone(), key: row.key, kind, columns }
}

impl RowVisitor for Naming {
    type State = ();

    fn begin(&self, _part: Part) {}

    fn visit(&self, part: Part, _notes: &mut (), digest: Digest, row: &SpelledRow) {
        if !self.wanted.contains_key(&digest) {
            return;
        }
        let table = &self.tables[part.table];
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.entry(digest).or_insert_with(|| describe(table, row));
    }

    fn end(&self, _part: Part, _notes: (), _counts: ReadCounts) {}
}

pub(super) fn describe(table: &TableWork, row: &SpelledRow) -> Found {
    let field = |place: usize| match row.field(place) {
        Field::Value(value) => {
            FoundField { hash: xxh3_128(value), reason: None, shown: show(value) }
        }
        Field::Unfit(reason) => FoundField {
            hash: 0,
            reason: Some(String::from_utf8_lossy(reason).into_owned()),
            shown: String::new(),
        },
    };
    let key = |&place: &usize| {
        let value = match row.field(place) {
            Field::Value(value) => beginning(value).0,
            Field::Unfit(_) => String::new(),
        };
        (table.plan.columns[place].source.clone(), value)
    };
    Found {
        key: table.name.iter().map(key).collect(),
        fields: (0..table.plan.columns.len()).map(field).collect(),
    }
}

/// A value for display: NULL, or its start in quotes.
fn show(spelling: &[u8]) -> String {
    if spelling == copy_text::NULL {
        return "NULL".to_owned();
    }
    let (text, is_long) = beginning(spelling);
    if is_long { format!("{text:?}…") } else { format!("{text:?}") }
}

/// The start of a value, and whether it was cut.
fn beginning(spelling: &[u8]) -> (String, bool) {
    let is_long = spelling.len() > SHOWN;
    let value = copy_text::unescape(&spelling[..spelling.len().min(SHOWN)]);
    (String::from_utf8_lossy(&value).into_owned(), is_long)
}
