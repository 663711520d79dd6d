//! The evidence in the rows of a column for the time zone of its values; pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::convert::{RowTimes, local_milliseconds, scalar};
use crate::schema::{Column, Kind, Table};
use crate::time_zone::{LocalOffset, TimeZone};

/// Counts are kept for each quarter of an hour, in seconds: clocks change at its start.
const QUARTER: i64 = 15 * 60;
/// The most quarters with values that are counted separately (12 million would be 350 years). Rows beyond
/// them show no offset, so that the user has to name the zone.
const MOST_QUARTERS: usize = 1 << 20;
/// No zone changes its offset and back within this many quarters (100 days): a clock with the same offset
/// at two rows has it at all times between them.
const UNCHANGED: i64 = 100 * 96;
/// The same before the first row and after the last one (one day).
const NEAR: i64 = 96;

/// The evidence in the rows of a column.
#[derive(Debug, Clone, Default)]
pub struct ColumnEvidence {
    /// The table, as the source spells it.
    pub table: String,
    /// The column, as the source spells it.
    pub column: String,
    /// The columns with the instants of a row, as the source spells them, and whether a row shows its offset
    /// by them.
    references: [Option<(String, bool)>; 2],
    /// Whether the server writes the value if the program gives none.
    pub has_server_default: bool,
    /// The zone that a dump states for the values.
    pub stated: Stated,
    /// The number of rows with a value.
    pub values: u64,
    /// Rows that show their offset, by the quarter of their instant and the offset in seconds.
    shown: BTreeMap<(i64, i32), u64>,
    /// The other rows, by the quarter of their value.
    silent: BTreeMap<i64, u64>,
}

/// What the source states about the zone of a column's values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Stated {
    /// Nothing, for a `datetime`.
    #[default]
    Nothing,
    /// The `TIME_ZONE` of a dump, for a `timestamp`.
    Zone(TimeZone),
    /// Several zones, an unrecognised zone, or that of an unknown server.
    Unclear,
}

/// How many rows of a column agree with a zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    pub agreeing: u64,
    /// Rows that show another offset, by that offset in seconds.
    pub disagreeing: BTreeMap<i32, u64>,
    /// Rows with a repeated or skipped time that show no offset.
    pub undecided: u64,
}

impl ColumnEvidence {
    /// The local times of a table, without evidence yet. `with_timestamps` includes the columns of type
    /// `timestamp`, which only a dump contains in local time.
    pub(crate) fn of_table(table: &Table, with_timestamps: bool) -> Vec<(usize, Self)> {
        let is_local = |column: &Column| match column.data_type.kind() {
            Kind::Timestamp { time_zone } => !time_zone || with_timestamps,
            _ => false,
        };
        let places = RowTimes::places_in(table);
        let references = places.map(|place| Some((table.columns[place?].name.clone(), false)));
        let columns = table.columns.iter().enumerate().filter(|(_, column)| is_local(column));
        let evidence = columns.map(|(place, column)| {
            let default = column.default.as_deref().unwrap_or_default().to_ascii_lowercase();
            let evidence = Self {
                table: table.name.clone(),
                column: column.name.clone(),
                references: references.clone(),
                has_server_default: default.contains("current_timestamp"),
                ..Self::default()
            };
            (place, evidence)
        });
        evidence.collect()
    }

    /// Sets what the source states about the zone.
    #[must_use]
    pub fn stated(mut self, stated: Stated) -> Self {
        self.stated = stated;
        self
    }

    /// Reads a row: the value of the column, and the instants of the row.
    pub(crate) fn add(&mut self, value: Option<&[u8]>, row: RowTimes) {
        // `invalid-date` reports values that are not in the calendar.
        let Some(value) = value.filter(|value| scalar::timestamp(value).is_ok()) else { return };
        self.values += 1;
        let local = local_milliseconds(value);
        let quarters = self.shown.len() + self.silent.len();
        let shown = row.evidence_of(local).filter(|_| quarters < MOST_QUARTERS);
        let local = local.div_euclid(1000);
        match shown {
            Some((offset, reference)) => {
                if let Some((_, is_shown)) = &mut self.references[reference] {
                    *is_shown = true;
                }
                let quarter = (local - i64::from(offset)).div_euclid(QUARTER);
                *self.shown.entry((quarter, offset)).or_default() += 1;
            }
            None if quarters < MOST_QUARTERS => {
                *self.silent.entry(local.div_euclid(QUARTER)).or_default() += 1;
            }
            // One quarter stands for all beyond the bound; no other row covers it.
            None => *self.silent.entry(i64::MAX / QUARTER / 2).or_default() += 1,
        }
    }

    /// The columns that show the offset of rows; if none does, all that could.
    pub(crate) fn references(&self) -> Vec<String> {
        let none = self.shown.is_empty();
        let references = self.references.iter().flatten().filter(|(_, is_shown)| *is_shown || none);
        references.map(|(name, _)| name.clone()).collect()
    }

    /// The number of rows that show their offset.
    pub(crate) fn showing(&self) -> u64 {
        self.shown.values().sum()
    }

    /// The number of rows that show each offset, in seconds.
    pub(crate) fn offsets(&self) -> BTreeMap<i32, u64> {
        let mut offsets = BTreeMap::new();
        for ((_, offset), rows) in &self.shown {
            *offsets.entry(*offset).or_default() += rows;
        }
        offsets
    }

    /// The agreement of the rows with a zone.
    pub(crate) fn agreement(&self, zone: &TimeZone) -> Agreement {
        let mut agreement = Agreement::default();
        for (&(quarter, offset), &rows) in &self.shown {
            let instant = quarter * QUARTER;
            if zone.offset_at(instant) == offset {
                agreement.agreeing += rows;
                continue;
            }
            *agreement.disagreeing.entry(offset).or_default() += rows;
            if is_ambiguous(zone, instant + i64::from(offset), Some(offset)) {
                agreement.undecided += rows;
            }
        }
        let silent = self
            .silent
            .iter()
            .filter(|(quarter, _)| is_ambiguous(zone, quarter.saturating_mul(QUARTER), None));
        agreement.undecided += silent.map(|(_, rows)| rows).sum::<u64>();
        agreement
    }

    /// Whether every row shows its offset.
    pub(crate) fn is_complete(&self) -> bool {
        self.silent.is_empty()
    }

    /// Whether rows of `other` show that the clock had this offset at each row of this column that shows no
    /// offset.
    pub(crate) fn is_covered_by(&self, other: &Self, offset: i32) -> bool {
        let instants: Vec<i64> = other.shown.keys().map(|(quarter, _)| *quarter).collect();
        self.silent.keys().all(|quarter| {
            let instant = quarter - i64::from(offset).div_euclid(QUARTER);
            let next = instants.partition_point(|shown| *shown < instant);
            let after = instants.get(next);
            let before = next.checked_sub(1).and_then(|place| instants.get(place));
            let is_between = before.zip(after).is_some_and(|(a, b)| b - a <= UNCHANGED);
            let is_near = |shown: &i64| (shown - instant).abs() <= NEAR;
            is_between || before.is_some_and(is_near) || after.is_some_and(is_near)
        })
    }
}

/// Whether a clock of the zone shows this time twice or never, and no row shows the offset.
fn is_ambiguous(zone: &TimeZone, local: i64, shown: Option<i32>) -> bool {
    match zone.offset_of_local(local) {
        LocalOffset::Once(_) => false,
        LocalOffset::Ambiguous { before, after } => {
            shown.is_none_or(|offset| offset != before && offset != after)
        }
    }
}

/// The evidence of a table's rows, collected while they are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableEvidence {
    places: [Option<usize>; 2],
    columns: Vec<(usize, ColumnEvidence)>,
}

impl TableEvidence {
    /// Without evidence yet. Rows must have all columns of the table, in its order.
    pub(crate) fn new(table: &Table, with_timestamps: bool) -> Self {
        Self {
            places: RowTimes::places_in(table),
            columns: ColumnEvidence::of_table(table, with_timestamps),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The positions of the columns that are read.
    pub(crate) fn needed(&self) -> Vec<usize> {
        let columns = self.columns.iter().map(|(place, _)| *place);
        columns.chain(self.places.into_iter().flatten()).collect()
    }

    /// Reads a row, given the value of each column.
    pub(crate) fn add<'a>(&mut self, value: impl Fn(usize) -> Option<Cow<'a, [u8]>>) {
        if self.columns.is_empty() {
            return;
        }
        let row = RowTimes::read(self.places, &value);
        for (place, evidence) in &mut self.columns {
            evidence.add(value(*place).as_deref(), row);
        }
    }

    /// The evidence by column.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &ColumnEvidence> {
        self.columns.iter().map(|(_, evidence)| evidence)
    }
}
