//! Time zones by name or offset, with the IANA database of the binary: the only module that uses `jiff`.
//!
//! Local times are handled as seconds since 1970 of a clock that shows local time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::{self, AmbiguousOffset, Offset, TimeZoneDatabase};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

/// A time zone: `Europe/Berlin`, `+09:00` or `UTC`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone {
    name: String,
    zone: tz::TimeZone,
}

/// What stands for no time zone.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "unrecognised time zone `{0}`: give a name such as Europe/Berlin, an offset such as +09:00, or UTC"
)]
pub struct UnknownTimeZone(String);

/// How far local time is ahead of UTC, in seconds, at a time that a local clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalOffset {
    /// The clock shows the time once.
    Once(i32),
    /// The clock shows the time twice, or skips it: the offsets before and after the change.
    Ambiguous {
        /// Until the clock is changed.
        before: i32,
        /// From then on.
        after: i32,
    },
}

/// MySQL and MariaDB take no larger offsets (manual, "MySQL Server Time Zone Support").
const LARGEST_OFFSET: i32 = 14 * 3600;

/// Names that stand for the zones of their region in messages; the other names come after these.
const WELL_KNOWN: [&str; 32] = [
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Moscow",
    "Europe/Istanbul",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Mexico_City",
    "America/Bogota",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Asia/Jerusalem",
    "Asia/Dubai",
    "Asia/Tehran",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Africa/Johannesburg",
];

impl TimeZone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: tz::TimeZone::UTC }
    }

    /// A zone that is always so many seconds ahead of UTC; `None` beyond what an offset can be.
    #[must_use]
    pub fn fixed(seconds: i32) -> Option<Self> {
        if seconds == 0 {
            return Some(Self::utc());
        }
        let offset = Offset::from_seconds(seconds).ok()?;
        Some(Self { name: offset_text(seconds), zone: tz::TimeZone::fixed(offset) })
    }

    /// Every zone that has a name, the well-known names first.
    pub fn all_named() -> impl Iterator<Item = Self> {
        let bundled = TimeZoneDatabase::bundled();
        let mut others: Vec<String> = bundled.available().map(|it| it.to_string()).collect();
        // Historical aliases of one word, such as `GB`, `Eire` and `Etc/GMT+5`, name no region.
        others.retain(|name| {
            let is_region = name.contains('/') && !name.starts_with("Etc/");
            is_region && !WELL_KNOWN.contains(&name.as_str())
        });
        others.sort();
        let names = WELL_KNOWN.into_iter().map(str::to_owned).chain(others);
        names.filter_map(|name| name.parse().ok())
    }

    /// Its name, as `--source-time-zone` reads it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zone as PostgreSQL's setting `TimeZone` takes it: offsets in POSIX form, which counts them
    /// from local time to UTC (manual, "POSIX Time Zone Specifications").
    #[must_use]
    pub fn postgres_setting(&self) -> String {
        match self.name.split_at(1) {
            ("+", offset) => format!("<+{}>-{offset}", offset.replace(':', "")),
            ("-", offset) => format!("<-{}>+{offset}", offset.replace(':', "")),
            _ => self.name.clone(),
        }
    }

    /// Whether local time is UTC, at all times.
    #[must_use]
    pub fn is_utc(&self) -> bool {
        self.zone.to_fixed_offset().is_ok_and(Offset::is_zero)
    }

    /// How many seconds local time is ahead of UTC at an instant, given in seconds since 1970.
    #[must_use]
    pub fn offset_at(&self, instant: i64) -> i32 {
        let instant = Timestamp::from_second(instant);
        let instant = instant.unwrap_or(Timestamp::UNIX_EPOCH);
        self.zone.to_offset(instant).seconds()
    }

    /// How many seconds local time is ahead of UTC when a local clock shows a time.
    #[must_use]
    pub fn offset_of_local(&self, local: i64) -> LocalOffset {
        let Ok(shown) = Timestamp::from_second(local) else { return LocalOffset::Once(0) };
        let shown = Offset::UTC.to_datetime(shown);
        match self.zone.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => LocalOffset::Once(offset.seconds()),
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                LocalOffset::Ambiguous { before: before.seconds(), after: after.seconds() }
            }
        }
    }
}

impl FromStr for TimeZone {
    type Err = UnknownTimeZone;

    fn from_str(text: &str) -> Result<Self, UnknownTimeZone> {
        let text = text.trim();
        if ["utc", "z", "gmt", "etc/utc"].contains(&text.to_ascii_lowercase().as_str()) {
            return Ok(Self::utc());
        }
        if text.starts_with(['+', '-']) {
            let seconds = offset_seconds(text).filter(|it| it.abs() <= LARGEST_OFFSET);
            return seconds.and_then(Self::fixed).ok_or_else(|| UnknownTimeZone(text.to_owned()));
        }
        let zone = TimeZoneDatabase::bundled().get(text);
        let zone = zone.ok().filter(|zone| !zone.is_unknown());
        let zone = zone.ok_or_else(|| UnknownTimeZone(text.to_owned()))?;
        let name = zone.iana_name().unwrap_or(text).to_owned();
        Ok(Self { name, zone })
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for TimeZone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

/// A text.
impl JsonSchema for TimeZone {
    fn schema_name() -> Cow<'static, str> {
        "TimeZone".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// `+05:30`, or `+00:53:28` for the local times of the past; PostgreSQL reads both.
#[must_use]
pub fn offset_text(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let total = seconds.unsigned_abs();
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60);
    if rest == 0 {
        format!("{sign}{hours:02}:{minutes:02}")
    } else {
        format!("{sign}{hours:02}:{minutes:02}:{rest:02}")
    }
}

/// Reads `+9:00`, `+09:00` and `-03:30`, as MySQL does.
fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) || hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// `2024-02-29 23:59:59`, at so many seconds since 1970 in UTC; `None` beyond the calendar.
#[must_use]
pub fn utc_text(instant: i64) -> Option<String> {
    let time = Offset::UTC.to_datetime(Timestamp::from_second(instant).ok()?);
    let text = time.strftime("%Y-%m-%d %H:%M:%S").to_string();
    (time.year() >= 1).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{LocalOffset, TimeZone, offset_text, utc_text};

    fn zone(name: &str) -> TimeZone {
        name.parse().expect("a time zone")
    }

    /// 2024-03-31 and 2024-10-27 at midnight, when the clocks of Berlin change.
    const SPRING: i64 = 1_711_843_200;
    const AUTUMN: i64 = 1_729_987_200;

    #[test]
    fn names_and_offsets_are_read() {
        for (text, name) in [
            ("utc", "UTC"),
            ("+00:00", "UTC"),
            ("-00:00", "UTC"),
            ("+9:00", "+09:00"),
            ("-03:30", "-03:30"),
            ("europe/berlin", "Europe/Berlin"),
            ("Asia/Kolkata", "Asia/Kolkata"),
        ] {
            assert_eq!(zone(text).name(), name);
        }
        for text in ["", "+9", "+14:01", "+09:60", "SYSTEM", "Europe/Nowhere", "09:00", "+-9:00"] {
            assert!(text.parse::<TimeZone>().is_err(), "{text}");
        }
        assert!(zone("Etc/UTC").is_utc() && !zone("Europe/London").is_utc());
    }

    #[test]
    fn changes_of_the_clock_are_known() {
        let berlin = zone("Europe/Berlin");
        let ambiguous = |before: i32, after: i32| LocalOffset::Ambiguous {
            before: before * 3600,
            after: after * 3600,
        };
        for (local, offset) in [
            (SPRING + 2 * 3600 - 1, LocalOffset::Once(3600)),
            (SPRING + 2 * 3600, ambiguous(1, 2)),
            (SPRING + 3 * 3600, LocalOffset::Once(7200)),
            (AUTUMN + 2 * 3600 - 1, LocalOffset::Once(7200)),
            (AUTUMN + 2 * 3600, ambiguous(2, 1)),
            (AUTUMN + 3 * 3600, LocalOffset::Once(3600)),
        ] {
            assert_eq!(berlin.offset_of_local(local), offset, "{local}");
        }
        assert_eq!(berlin.offset_at(SPRING + 3600 - 1), 3600);
        assert_eq!(berlin.offset_at(SPRING + 3600), 7200);
        assert_eq!(zone("+09:00").offset_of_local(SPRING), LocalOffset::Once(9 * 3600));
    }

    #[test]
    fn offsets_and_instants_are_printed_as_postgres_reads_them() {
        let printed = [0, 19_800, -12_600, 3208].map(offset_text);
        assert_eq!(printed, ["+00:00", "+05:30", "-03:30", "+00:53:28"]);
        assert_eq!(utc_text(SPRING).as_deref(), Some("2024-03-31 00:00:00"));
        assert_eq!(utc_text(-62_135_596_801), None, "the last second before the year 1");
    }

    #[test]
    fn offsets_are_settings_of_postgres_in_its_posix_form() {
        let setting = |name| zone(name).postgres_setting();
        assert_eq!(setting("+09:00"), "<+0900>-09:00");
        assert_eq!(setting("-03:30"), "<-0330>+03:30");
        assert_eq!(setting("Europe/Berlin"), "Europe/Berlin");
    }

    #[test]
    fn every_name_has_its_zone_and_the_well_known_come_first() {
        let names: Vec<String> = TimeZone::all_named().map(|it| it.name().to_owned()).collect();
        assert_eq!(names[..3], ["UTC", "Europe/London", "Europe/Berlin"]);
        assert!(names.len() > 400, "{}", names.len());
        assert!(names.iter().all(|name| name.parse::<TimeZone>().is_ok()));
    }
}
