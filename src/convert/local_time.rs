//! Conversion of the source's local times to instants.
//!
//! MySQL's `datetime` has no time zone: `DEFAULT CURRENT_TIMESTAMP` writes the local time of the session, in
//! the zone that the session, the server or its machine is set to. Rows of Mattermost's plugins also have
//! milliseconds since 1970 (`update_at`, `create_at`), written in the same second by the program. These are
//! evidence of the zone, and decide between the two hours of a repeated or skipped time.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::scalar::local_seconds;
use super::{Reason, TablePlan};
use crate::mattermost::INSTANTS;
use crate::schema::{Kind, Table};
use crate::time_zone::{LocalOffset, TimeZone, offset_text, utc_text};

/// The policy for a local time that the clock shows twice or never, if the row does not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AmbiguousTimes {
    /// Reject the value.
    #[default]
    Fail,
    /// Take the earlier of both instants.
    Earlier,
    /// Take the later of both instants.
    Later,
}

/// The time zone in which the values of a column were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnZone {
    /// The zone is known.
    Known(LocalTimes),
    /// The user has to name the zone.
    Unknown,
}

/// The conversion of the local times of a column to instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTimes {
    /// The zone of the values, except those that a row shows to be in another.
    pub zone: TimeZone,
    /// The policy for repeated and skipped times that no row decides.
    pub ambiguous: AmbiguousTimes,
    /// Whether rows were written in several zones: each row that shows its offset is converted by it.
    pub by_row: bool,
}

impl LocalTimes {
    /// Local times in UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self { zone: TimeZone::utc(), ambiguous: AmbiguousTimes::Fail, by_row: false }
    }

    /// Whether the rest of a column can be converted in this way after rows that agreed with `earlier`: it
    /// gives the same instants for them, unless `earlier` left them unconverted.
    #[must_use]
    pub fn continues(&self, earlier: &Self) -> bool {
        let is_same_choice =
            earlier.ambiguous == AmbiguousTimes::Fail || earlier.ambiguous == self.ambiguous;
        self.zone == earlier.zone && is_same_choice
    }
}

impl fmt::Display for LocalTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ambiguous {
            AmbiguousTimes::Fail => write!(f, "{}", self.zone),
            AmbiguousTimes::Earlier => write!(f, "{}, ambiguous times: earlier", self.zone),
            AmbiguousTimes::Later => write!(f, "{}, ambiguous times: later", self.zone),
        }
    }
}

/// The zones of a source's columns, by the names of their tables on either side, in any letter case. A
/// column without an entry has values in UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeZones {
    columns: BTreeMap<(String, String), ColumnZone>,
}

impl TimeZones {
    /// Sets the zone of a column, named as in the source.
    pub fn insert(&mut self, table: &str, column: &str, zone: ColumnZone) {
        self.columns.insert((table.to_lowercase(), column.to_owned()), zone);
    }

    /// The zone of a column.
    #[must_use]
    pub fn of(&self, table: &str, column: &str) -> Option<&ColumnZone> {
        self.columns.get(&(table.to_lowercase(), column.to_owned()))
    }
}

/// The instants in a row that show its offset, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowTimes([Option<i64>; 2]);

/// Offsets of time zones are multiples of a quarter of an hour.
const QUARTER: i64 = 15 * 60 * 1000;
/// The maximum difference between the program's clock and the server's clock.
const TOLERANCE: i64 = 60 * 1000;
/// The range of time zone offsets.
const OFFSETS: std::ops::RangeInclusive<i64> = -12 * 3600 * 1000..=14 * 3600 * 1000;

impl RowTimes {
    /// The positions of the columns with a row's instants.
    pub fn places<'a>(
        columns: impl IntoIterator<Item = (&'a str, &'a Kind)>,
    ) -> [Option<usize>; 2] {
        let mut places = [None; 2];
        for (place, (name, kind)) in columns.into_iter().enumerate() {
            let name = name.replace('_', "").to_ascii_lowercase();
            let reference = INSTANTS.iter().position(|it| *it == name);
            if let Some(reference) = reference.filter(|_| matches!(kind, Kind::Integer { .. })) {
                places[reference] = Some(place);
            }
        }
        places
    }

    /// The same for a table of the source.
    #[must_use]
    pub fn places_in(table: &Table) -> [Option<usize>; 2] {
        Self::places(table.columns.iter().map(|it| (it.name.as_str(), it.data_type.kind())))
    }

    /// Reads the instants of a row.
    pub fn read<'a>(
        places: [Option<usize>; 2],
        mut cell: impl FnMut(usize) -> Option<Cow<'a, [u8]>>,
    ) -> Self {
        Self(places.map(|place| {
            let cell = cell(place?)?;
            std::str::from_utf8(&cell).ok()?.parse().ok().filter(|instant| *instant > 0)
        }))
    }

    /// Seconds by which a local time, in milliseconds, is ahead of UTC, as the row's instants show it.
    #[must_use]
    pub fn offset_of(&self, local: i64) -> Option<i32> {
        self.evidence_of(local).map(|(offset, _)| offset)
    }

    /// The same, with the index in [`Self::places`] of the column that shows it.
    #[must_use]
    pub fn evidence_of(&self, local: i64) -> Option<(i32, usize)> {
        let ahead = self.0.into_iter().enumerate().filter_map(|(place, instant)| {
            let ahead = local.checked_sub(instant?)?;
            let quarters = (ahead + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
            let distance = (ahead - quarters).abs();
            (distance <= TOLERANCE && OFFSETS.contains(&quarters))
                .then_some((distance, place, quarters))
        });
        let (_, place, offset) = ahead.min_by_key(|(distance, ..)| *distance)?;
        Some((i32::try_from(offset / 1000).ok()?, place))
    }
}

impl LocalTimes {
    /// Seconds by which a local time is ahead of UTC. `local` is a valid time of MySQL.
    fn offset(&self, local: &[u8], row: RowTimes) -> Result<i32, Reason> {
        let seconds = local_seconds(local);
        let shown = || row.offset_of(seconds * 1000 + milliseconds(local));
        if let Some(offset) = self.by_row.then(shown).flatten() {
            return Ok(offset);
        }
        match self.zone.offset_of_local(seconds) {
            LocalOffset::Once(offset) => Ok(offset),
            LocalOffset::Ambiguous { before, after } => {
                let shown = shown().filter(|offset| [before, after].contains(offset));
                // The larger offset from UTC is the earlier instant.
                shown.map_or_else(
                    || match self.ambiguous {
                        AmbiguousTimes::Fail => Err(Reason::AmbiguousTime),
                        AmbiguousTimes::Earlier => Ok(before.max(after)),
                        AmbiguousTimes::Later => Ok(before.min(after)),
                    },
                    Ok,
                )
            }
        }
    }

    /// The offset that turns a local time into an instant, such as `+09:00`.
    pub(super) fn suffix(&self, local: &[u8], row: RowTimes) -> Result<String, Reason> {
        self.offset(local, row).map(offset_text)
    }

    /// The local time in UTC, with its fraction.
    pub(super) fn in_utc(&self, local: &[u8], row: RowTimes) -> Result<Vec<u8>, Reason> {
        let instant = local_seconds(local) - i64::from(self.offset(local, row)?);
        let text = utc_text(instant).ok_or(Reason::InvalidDate)?;
        Ok([text.as_bytes(), fraction(local)].concat())
    }
}

/// `.123456`, or empty.
fn fraction(local: &[u8]) -> &[u8] {
    local.get(19..).unwrap_or_default()
}

fn milliseconds(local: &[u8]) -> i64 {
    let digits = fraction(local).iter().skip(1).chain([b'0'; 3].iter()).take(3);
    digits.fold(0, |total, digit| total * 10 + i64::from(digit - b'0'))
}

/// A valid time of MySQL as milliseconds since 1970, without regard to a zone.
#[must_use]
pub fn local_milliseconds(local: &[u8]) -> i64 {
    local_seconds(local) * 1000 + milliseconds(local)
}

impl TablePlan {
    /// Whether the instants of the rows affect the conversion.
    #[must_use]
    pub fn has_local_times(&self) -> bool {
        self.row_times.is_some()
    }

    /// The instants of a row, given its cells by their index in the plan; empty if no cell needs them.
    pub fn read_row_times<'a>(&self, cell: impl Fn(usize) -> Option<&'a [u8]>) -> RowTimes {
        let places = self.row_times.unwrap_or_default();
        RowTimes::read(places, |place| cell(place).map(Cow::Borrowed))
    }
}

#[cfg(test)]
mod tests {
    use super::{AmbiguousTimes, LocalTimes, RowTimes, local_milliseconds};
    use crate::convert::Reason;

    fn times(zone: &str, ambiguous: AmbiguousTimes, by_row: bool) -> LocalTimes {
        LocalTimes { zone: zone.parse().expect("a time zone"), ambiguous, by_row }
    }

    fn row(instants: [Option<i64>; 2]) -> RowTimes {
        RowTimes(instants)
    }

    #[test]
    fn a_row_shows_its_offset_if_an_instant_is_near() {
        let local = local_milliseconds(b"2024-03-01 09:00:00.250");
        let utc = local - 9 * 3_600_000;
        assert_eq!(row([Some(utc), None]).offset_of(local), Some(9 * 3600));
        assert_eq!(row([Some(utc - 60_000), None]).offset_of(local), Some(9 * 3600));
        assert_eq!(row([Some(utc - 61_000), None]).offset_of(local), None);
        assert_eq!(row([Some(1), None]).offset_of(local), None, "decades apart");
        let later = utc + 15 * 60_000 + 30_000;
        assert_eq!(row([Some(later), Some(utc)]).offset_of(local), Some(9 * 3600));
        assert_eq!(RowTimes::default().offset_of(local), None);
    }

    #[test]
    fn a_repeated_hour_is_decided_by_the_row_or_as_asked() {
        let cell = b"2024-10-27 02:30:00.5";
        let local = local_milliseconds(cell);
        let berlin = times("Europe/Berlin", AmbiguousTimes::Fail, false);
        let of_row = |hours: i64| row([Some(local - hours * 3_600_000), None]);
        assert_eq!(berlin.suffix(cell, of_row(2)), Ok("+02:00".to_owned()));
        assert_eq!(berlin.suffix(cell, of_row(1)), Ok("+01:00".to_owned()));
        assert_eq!(berlin.suffix(cell, of_row(9)), Err(Reason::AmbiguousTime));
        assert_eq!(berlin.suffix(cell, RowTimes::default()), Err(Reason::AmbiguousTime));
        let earlier = times("Europe/Berlin", AmbiguousTimes::Earlier, false);
        let later = times("Europe/Berlin", AmbiguousTimes::Later, false);
        let none = RowTimes::default();
        assert_eq!(earlier.in_utc(cell, none), Ok(b"2024-10-27 00:30:00.5".to_vec()));
        assert_eq!(later.in_utc(cell, none), Ok(b"2024-10-27 01:30:00.5".to_vec()));
        let skipped = b"2024-03-31 02:30:00";
        assert_eq!(earlier.in_utc(skipped, none), Ok(b"2024-03-31 00:30:00".to_vec()));
        assert_eq!(later.in_utc(skipped, none), Ok(b"2024-03-31 01:30:00".to_vec()));
    }

    #[test]
    fn of_several_zones_each_row_has_its_own() {
        let cell = b"2024-06-01 12:00:00";
        let local = local_milliseconds(cell);
        let mixed = times("+09:00", AmbiguousTimes::Fail, true);
        assert_eq!(mixed.suffix(cell, row([Some(local), None])), Ok("+00:00".to_owned()));
        assert_eq!(mixed.suffix(cell, RowTimes::default()), Ok("+09:00".to_owned()));
    }
}
